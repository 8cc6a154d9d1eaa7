/** How long a text is, as a reader counts. */

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

test('a text of a megabyte is counted as well', () => {
  expect(characterCount('🎉'.repeat(500_000))).toBe(500_000);
});
