/** The list of conversations shows each of them to somebody at a terminal. */

import { expect, test } from 'vitest';
import { listScenarios } from '../../../src/sandbox/scenarios/list-scenarios.ts';
import { allScenarios } from '../../../src/sandbox/scenarios/scenarios.ts';

test('lists every conversation once, within the width of a terminal', () => {
  const lines = listScenarios().split('\n');
  for (const { id, title } of allScenarios) {
    expect(lines.filter((line) => line === `  ${id.padStart(7)}  ${title}`)).toHaveLength(1);
  }
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  expect(lines.filter((line) => line.startsWith('  '))).toHaveLength(allScenarios.length);
});
