/** The list of scenarios for a terminal is complete. */

import { expect, test } from 'vitest';
import { listScenarios } from '../../../src/sandbox/scenarios/list-scenarios.ts';
import { allScenarios } from '../../../src/sandbox/scenarios/scenarios.ts';

test('lists every scenario once, in lines of at most 100 characters', () => {
  const lines = listScenarios().split('\n');
  for (const { id, title } of allScenarios) {
    expect(lines.filter((line) => line === `  ${id.padStart(7)}  ${title}`)).toHaveLength(1);
  }
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  expect(lines.filter((line) => line.startsWith('  '))).toHaveLength(allScenarios.length);
});
