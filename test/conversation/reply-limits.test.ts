/** The length of a text in characters. */

import { expect, test } from 'vitest';
import { characterCount } from '../../src/conversation/reply-limits.ts';

test.each([
  ['', 0],
  ['abc', 3],
  ['ёж', 2],
  ['🎉', 1],
  ['🎉a🎉', 3],
  ['\ud83c', 1],
  ['\udf89\ud83c', 2],
  ['e\u0301', 2],
])('"%s" has %d characters', (text, count) => {
  expect(characterCount(text)).toBe(count);
});

test('counts a text of a megabyte', () => {
  expect(characterCount('🎉'.repeat(500_000))).toBe(500_000);
});
