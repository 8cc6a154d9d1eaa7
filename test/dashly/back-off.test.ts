/** Who has been told to wait, and for how long. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test, vi } from 'vitest';
import { BackOff } from '../../src/dashly/back-off.ts';

afterEach(() => void vi.useRealTimers());

test('a token waits as long as it was told, however its scheme is written', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const backOff = new BackOff();
  backOff.remember('Token mine', 7);
  expect(['Token mine', 'bearer  mine', 'Token other'].map((it) => backOff.secondsToWait(it))).toEqual([
    7, 7, 0,
  ]);
  vi.advanceTimersByTime(6_001);
  expect(backOff.secondsToWait('Token mine')).toBe(1);
  vi.advanceTimersByTime(999);
  expect(backOff.secondsToWait('Token mine')).toBe(0);
});

test('long tokens take up no more memory than short ones', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const usedMegabytes = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed / 1_048_576;
  };
  const backOff = new BackOff();
  const start = usedMegabytes();
  for (let index = 0; index < 10_000; index++)
    backOff.remember(`Token ${index}-${'x'.repeat(10_000)}${index}`, 60);
  expect(usedMegabytes() - start).toBeLessThan(20);
  expect(backOff.secondsToWait(`Token 9999-${'x'.repeat(10_000)}9999`)).toBe(60);
});
