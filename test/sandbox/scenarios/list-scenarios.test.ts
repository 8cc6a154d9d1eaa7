/** The list of conversations shows each of them to somebody at a terminal. */

import { expect, test } from 'vitest';
import { describeConversations } from '../../../src/sandbox/scenarios/list-scenarios.ts';
import { sandboxConversations } from '../../../src/sandbox/scenarios/scenarios.ts';

test('lists every conversation once, within the width of a terminal', () => {
  const lines = describeConversations().split('\n');
  for (const { id, title } of sandboxConversations) {
    expect(lines.filter((line) => line === `  ${id.padStart(7)}  ${title}`)).toHaveLength(1);
  }
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  expect(lines.filter((line) => line.startsWith('  '))).toHaveLength(sandboxConversations.length);
});
