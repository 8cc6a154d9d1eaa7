/** When it is too late, by two clocks. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadline } from '../../src/conversation/deadline.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'Date'] }));
afterEach(() => void vi.useRealTimers());

test('is over after so many milliseconds', () => {
  const deadline = new Deadline(1_000);
  expect([deadline.isOver, deadline.remaining]).toEqual([false, 1_000]);
  vi.advanceTimersByTime(999);
  expect([deadline.isOver, deadline.remaining]).toEqual([false, 1]);
  vi.advanceTimersByTime(1);
  expect([deadline.isOver, deadline.remaining]).toEqual([true, 0]);
});

test('is over too where the monotonic clock stood still, as in a machine that was suspended', () => {
  const deadline = new Deadline(1_000);
  vi.setSystemTime(Date.now() + 1_500);
  expect([deadline.isOver, deadline.remaining]).toEqual([true, -500]);
});

test('is over in time where the wall clock is set back', () => {
  const deadline = new Deadline(1_000);
  vi.setSystemTime(Date.now() - 3_600_000);
  vi.advanceTimersByTime(1_000);
  expect(deadline.isOver).toBe(true);
});
