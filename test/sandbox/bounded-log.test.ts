/** A bounded log keeps the newest items within its limits. */

import { expect, test } from 'vitest';
import { BoundedLog } from '../../src/sandbox/bounded-log.ts';

test('keeps the newest items, oldest first', () => {
  const log = new BoundedLog<number>({ maxItems: 3, maxBytes: 1_000 });
  for (const item of [1, 2, 3, 4, 5]) log.add(item, 1);
  expect(log.items).toEqual([3, 4, 5]);
});

test('drops as many items as a large one needs, but never the newest', () => {
  const log = new BoundedLog<string>({ maxItems: 10, maxBytes: 100 });
  log.add('a', 40);
  log.add('b', 40);
  log.add('c', 50);
  expect(log.items).toEqual(['b', 'c']);
  log.add('large', 1_000);
  expect(log.items).toEqual(['large']);
  log.add('d', 100);
  expect(log.items).toEqual(['d']);
});
