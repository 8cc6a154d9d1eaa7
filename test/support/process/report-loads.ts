/** Reports the modules that a process loads. */

/** The value of `NODE_OPTIONS` that makes a process write the URL of each loaded module to stderr. */
export function reportLoads(pattern: RegExp): string {
  const hooks = `import { registerHooks } from 'node:module';
    registerHooks({ load: (url, context, next) => {
      if (${pattern}.test(url)) console.error(url);
      return next(url, context);
    } });`;
  return `--import=data:text/javascript,${encodeURIComponent(hooks)}`;
}
