/** Memory is given back where it belongs to nobody else. */

import { expect, test } from 'vitest';
import { freeMemory } from '../../src/http/free-memory.ts';

test('bytes that have memory of their own are gone', () => {
  const bytes = Buffer.allocUnsafeSlow(1_000);
  const { buffer } = bytes;
  for (const _time of [1, 2]) {
    freeMemory(bytes);
    expect({ length: bytes.length, isFree: buffer.detached }).toEqual({ length: 0, isFree: true });
  }
});

test.each([
  ['a part of other bytes', Buffer.allocUnsafeSlow(10).fill('abcdefghij').subarray(2, 5), 'cde'],
  ['what Node shares out to small buffers', Buffer.from('abc'), 'abc'],
  ['what is shared with a thread', Buffer.from(new SharedArrayBuffer(3)).fill('abc'), 'abc'],
])('%s stay', (_title, bytes, text) => {
  freeMemory(bytes);
  expect(bytes.toString()).toBe(text);
});
