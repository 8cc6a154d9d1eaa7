/** How GraphiQL is built: into `dist/graphiql/`, where the gateway serves it from. */

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** GraphiQL has its fonts inside of its styles: as files, only those that a text needs are loaded. */
const fontsAsFiles: Plugin = {
  name: 'fonts-as-files',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      for (const asset of Object.values(bundle)) {
        if (asset.type !== 'asset' || !asset.fileName.endsWith('.css')) continue;
        asset.source = String(asset.source).replace(
          /url\("?data:font\/woff2?;(?:charset=utf-8;)?base64,([^")]+)"?\)/g,
          (_url, base64: string) => {
            const source = Buffer.from(base64, 'base64');
            const name = `font-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.woff2`;
            this.emitFile({ type: 'asset', fileName: `assets/${name}`, source });
            return `url(./${name})`;
          },
        );
      }
    },
  },
};

export default defineConfig({
  root: pathOf('.'),
  // What one file names in another is beside it.
  base: './',
  publicDir: false,
  plugins: [fontsAsFiles],
  build: {
    outDir: pathOf('../../dist/graphiql'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2023',
    // Browsers that know light-dark().
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
    rolldownOptions: {
      input: pathOf('main.tsx'),
      onLog(level, log, log_) {
        // Libraries for React tell servers what is for browsers, which a page has no need of.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') log_(level, log);
      },
    },
  },
  worker: { format: 'es' },
});
