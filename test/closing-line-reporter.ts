/** A reporter for vitest that ends a run with one plain line: how many tests passed, failed and were skipped. */

import type { Reporter, TestModule } from 'vitest/node';

export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    // A failed hook, or a file that cannot be loaded, is not counted as a test.
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = suites.filter((suite) => suite.errors().length > 0).length;
    const skipped = count('skipped') + count('pending');
    console.log(`${count('passed')} passed, ${count('failed') + broken} failed, ${skipped} skipped`);
  }
}
