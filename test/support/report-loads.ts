/** Has a process tell which modules it loads. */

/** The value of `NODE_OPTIONS` with which a process writes the URL of each such module to its error output. */
export function reportLoads(pattern: RegExp): string {
  const hooks = `import { registerHooks } from 'node:module';
    registerHooks({ load: (url, context, next) => {
      if (${pattern}.test(url)) console.error(url);
      return next(url, context);
    } });`;
  return `--import=data:text/javascript,${encodeURIComponent(hooks)}`;
}
