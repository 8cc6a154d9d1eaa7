/** A deadline passes as soon as it does on one of two clocks. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadline } from '../../src/conversation/deadline.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'Date'] }));
afterEach(() => void vi.useRealTimers());

test('passes after its milliseconds', () => {
  const deadline = new Deadline(1_000);
  expect([deadline.hasPassed, deadline.remaining]).toEqual([false, 1_000]);
  vi.advanceTimersByTime(999);
  expect([deadline.hasPassed, deadline.remaining]).toEqual([false, 1]);
  vi.advanceTimersByTime(1);
  expect([deadline.hasPassed, deadline.remaining]).toEqual([true, 0]);
});

test('passes if only the wall clock moves, as in a suspended machine', () => {
  const deadline = new Deadline(1_000);
  vi.setSystemTime(Date.now() + 1_500);
  expect([deadline.hasPassed, deadline.remaining]).toEqual([true, -500]);
});

test('passes in time if the wall clock is set back', () => {
  const deadline = new Deadline(1_000);
  vi.setSystemTime(Date.now() - 3_600_000);
  vi.advanceTimersByTime(1_000);
  expect(deadline.hasPassed).toBe(true);
});
