/** Builds GraphiQL into `dist/graphiql/`; the gateway serves this folder. */

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Moves the fonts from GraphiQL's stylesheets to files, so that the browser loads only the fonts it needs. */
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
  // Relative URLs, because all files are in one folder.
  base: './',
  publicDir: false,
  plugins: [fontsAsFiles],
  build: {
    outDir: pathOf('../../dist/graphiql'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2023',
    // Browsers that support light-dark().
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
    rolldownOptions: {
      input: pathOf('main.tsx'),
      onLog(level, log, log_) {
        // React libraries mark client code with "use client", which this build ignores.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') log_(level, log);
      },
    },
  },
  worker: { format: 'es' },
});
