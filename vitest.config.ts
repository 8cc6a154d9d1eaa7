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
    // They are no limits of what the gateway promises, but of how busy a machine may be: those that pass wait for none of them.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    reporters: ['default', './test/closing-line-reporter.ts'],
  },
});
