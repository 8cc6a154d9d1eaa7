/** How the tests run. */

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Node itself loads the modules, as it does in production: Vite would load a second copy of graphql.
    experimental: { viteModuleRunner: false },
    // Each test starts its own servers, so files can share modules.
    isolate: false,
    // More than the cores: most tests wait most of the time.
    maxWorkers: 3,
    // Long, for an overloaded machine: no test that passes waits until one of them.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    reporters: ['default', './test/closing-line-reporter.ts'],
  },
});
