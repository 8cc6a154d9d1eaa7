/** What `Retry-After` may hold, and what becomes of it. */

import { expect, test } from 'vitest';
import { parseRetryAfter } from '../../src/dashly/retry-after.ts';

const now = Date.UTC(2026, 10, 22, 12, 0, 0);

test.each([
  [null, null],
  ['0', 0],
  ['1', 1],
  ['0120', 120],
  ['120', 120],
  ['2147483647', 2147483647],
  ['2147483648', 2147483647],
  ['9'.repeat(400), 2147483647],
  ['Sun, 22 Nov 2026 12:01:30 GMT', 90],
  ['Sunday, 22-Nov-26 12:01:30 GMT', 90],
  ['Sun, 22 Nov 2026 12:00:00 GMT', 0],
  ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
  ['Fri, 31 Dec 9999 23:59:59 GMT', 2147483647],
  ['', null],
  ['soon', null],
  ['5s', null],
  ['120 seconds', null],
  ['in 5 minutes', null],
  ['1e3', null],
  ['0x10', null],
  ['120, 60', null],
  ['٥', null],
  ['<b>60</b>', null],
])('"%s" is %s', (header, seconds) => {
  expect(parseRetryAfter(header, now)).toBe(seconds);
});

test('a part of a second counts as one', () => {
  expect(parseRetryAfter('Sun, 22 Nov 2026 12:00:01 GMT', now + 1)).toBe(1);
});

// JavaScript reads these as days of the year 2001; "0 seconds" would be an invitation to try again at once.
test.each(['-5', '+5', '1.5', 'retry 10', 'tomorrow 9'])('"%s" is no date', (header) => {
  expect(parseRetryAfter(header, now)).toBeNull();
});
