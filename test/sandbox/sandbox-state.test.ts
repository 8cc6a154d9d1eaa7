/** Ids are fresh, grow, and are too large for a double. */

import { expect, test } from 'vitest';
import { createIdGenerator } from '../../src/sandbox/sandbox-state.ts';

test('ids increase, fit 64 bits, and none survives as a double', () => {
  const mintId = createIdGenerator();
  const ids = Array.from({ length: 1_000 }, mintId);
  let last = 2n ** 53n;
  for (const id of ids) {
    expect(BigInt(id)).toBeGreaterThan(last);
    expect(BigInt(id)).toBeLessThan(2n ** 64n);
    expect(BigInt(Number(id))).not.toBe(BigInt(id));
    last = BigInt(id);
  }
});

test('a later mint goes on above an earlier one', () => {
  const earlier = createIdGenerator(1_700_000_000_000);
  const later = createIdGenerator(1_700_000_000_001);
  for (let count = 0; count < 1_000; count += 1) earlier();
  expect(BigInt(later())).toBeGreaterThan(BigInt(earlier()));
});
