/** How the tests run. */

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Node itself loads the modules, as it does in production: Vite would load a second copy of graphql.
    experimental: { viteModuleRunner: false },
    reporters: ['default', './test/closing-line-reporter.ts'],
  },
});
