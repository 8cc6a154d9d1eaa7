/** A reporter for vitest that ends a run with one plain line: how many tests passed, failed and were skipped. */

import type { Reporter, TestModule } from 'vitest/node';

export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const brokenFiles = modules.filter((module) => module.errors().length > 0).length;
    const skipped = count('skipped') + count('pending');
    console.log(`${count('passed')} passed, ${count('failed') + brokenFiles} failed, ${skipped} skipped`);
  }
}
