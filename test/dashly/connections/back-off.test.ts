/** Which tokens must wait, for how long, and what `Retry-After` may contain. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { BackOff, parseRetryAfter } from '../../../src/dashly/connections/back-off.ts';

afterEach(() => void vi.useRealTimers());

test('pauses a token as long as Dashly requires, and no other', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const backOff = new BackOff();
  backOff.remember('mine', 7);
  expect(['mine', 'other'].map((it) => backOff.secondsToWait(it))).toEqual([7, 0]);
  vi.advanceTimersByTime(6_001);
  expect(backOff.secondsToWait('mine')).toBe(1);
  vi.advanceTimersByTime(999);
  expect(backOff.secondsToWait('mine')).toBe(0);
});

test('long tokens use no more memory than short ones', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const usedMegabytes = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed / 1_048_576;
  };
  const backOff = new BackOff();
  const start = usedMegabytes();
  for (let index = 0; index < 10_000; index++) backOff.remember(`${index}-${'x'.repeat(10_000)}${index}`, 60);
  expect(usedMegabytes() - start).toBeLessThan(20);
  expect(backOff.secondsToWait(`9999-${'x'.repeat(10_000)}9999`)).toBeGreaterThan(0);
});

describe('the header Retry-After', () => {
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

  test('rounds seconds up', () => {
    expect(parseRetryAfter('Sun, 22 Nov 2026 12:00:01 GMT', now + 1)).toBe(1);
  });

  // JavaScript parses these as dates in 2001; a wait of 0 seconds would invite an immediate retry.
  test.each(['-5', '+5', '1.5', 'retry 10', 'tomorrow 9'])('"%s" is not a date', (header) => {
    expect(parseRetryAfter(header, now)).toBeNull();
  });
});
