/** How the tests run. */

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Node itself loads the modules, as it does in production: Vite would load a second copy of graphql.
    experimental: { viteModuleRunner: false },
    // Every test starts servers of its own, so files need not start modules of their own.
    isolate: false,
    // Most of them wait for something, so that more of them fit side by side than there are cores.
    maxWorkers: 3,
    reporters: ['default', './test/closing-line-reporter.ts'],
  },
});
