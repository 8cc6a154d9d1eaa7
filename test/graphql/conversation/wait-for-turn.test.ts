/** One operation reads at most four conversations at a time. */

import { expect, test } from 'vitest';
import { waitForTurn } from '../../../src/graphql/conversation/wait-for-turn.ts';

/** Starts reads of one operation; the test ends each of them. */
function start(operation: object, count: number) {
  const reads = Array.from({ length: count }, () => Promise.withResolvers<string>());
  const begun: number[] = [];
  const results = reads.map(({ promise }, index) =>
    waitForTurn(operation, () => {
      begun.push(index);
      return promise;
    }),
  );
  return { reads, begun, results };
}

test('four begin at once, and each that ends lets the next begin, also if it fails', async () => {
  const operation = {};
  const { reads, begun, results } = start(operation, 7);
  const other = start({}, 1);
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2, 3]);
  expect(other.begun).toEqual([0]);

  reads[2]?.resolve('two');
  expect(await results[2]).toBe('two');
  await expect.poll(() => begun).toEqual([0, 1, 2, 3, 4]);
  reads[0]?.reject(new Error('zero'));
  await expect(results[0]).rejects.toThrow('zero');
  await expect.poll(() => begun).toEqual([0, 1, 2, 3, 4, 5]);
  for (const { resolve } of reads) resolve('done');
  await Promise.allSettled(results);
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6]);

  const next = start(operation, 5);
  await Promise.resolve();
  expect(next.begun).toEqual([0, 1, 2, 3]);
});
