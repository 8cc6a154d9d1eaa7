/** Chunks of any size are joined without loss, with little extra memory. */

import { expect, test } from 'vitest';
import { GrowingBuffer } from '../src/growing-buffer.ts';

test.each([
  ['nothing', []],
  ['one chunk', ['all of it']],
  ['single bytes', [...'byte by byte'].map(String)],
  ['chunks of all sizes', ['', 'a', 'bc'.repeat(5_000), '', 'd', 'e'.repeat(70_000)]],
])('%s', (_name, texts) => {
  const collected = new GrowingBuffer();
  for (const text of texts) collected.append(Buffer.from(text));
  expect(collected.length).toBe(texts.join('').length);
  expect(collected.bytes().toString()).toBe(texts.join(''));
});

test('does not modify its input, and does not change with it after a copy', () => {
  const network = Buffer.from('abcdef');
  const collected = new GrowingBuffer();
  collected.append(network.subarray(0, 2));
  collected.append(network.subarray(2, 3));
  collected.append(network.subarray(3, 4));
  expect(network.toString()).toBe('abcdef');
  network.fill('x');
  expect(collected.bytes().toString()).toBe('abcd');
});
