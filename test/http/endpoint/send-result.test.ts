/** Responses of one turn of the event loop are written together. */

import { expect, test } from 'vitest';
import { batchResponses } from '../../../src/http/endpoint/send-result.ts';

test('resolves all callers of one turn together, before later work', async () => {
  const steps: string[] = [];
  const answer = async (name: string): Promise<void> => {
    await batchResponses();
    steps.push(`write ${name}`);
    await null;
    steps.push(`log ${name}`);
  };
  const first = answer('a');
  // Simulates another request of the same turn.
  await Promise.resolve();
  await Promise.all([first, answer('b')]);
  expect(steps).toEqual(['write a', 'write b', 'log a', 'log b']);
});

test('resolves the next turn separately', async () => {
  for (const _time of [1, 2]) {
    let isOver = false;
    const over = batchResponses().then(() => {
      isOver = true;
    });
    await Promise.resolve();
    expect(isOver).toBe(false);
    await over;
    expect(isOver).toBe(true);
  }
});
