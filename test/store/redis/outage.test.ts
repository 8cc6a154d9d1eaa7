/** When an outage of Redis is logged, and its end. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Outage } from '../../../src/store/redis/outage.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

function start() {
  const lines: string[] = [];
  const outage = new Outage(
    (error) => lines.push(error.message),
    () => lines.push('end'),
  );
  return { lines, one: outage.addPart(), other: outage.addPart() };
}

test('one outage has one beginning and one end, for any number of parts and errors', () => {
  const { lines, one, other } = start();
  one.begin(new Error('first'));
  one.begin(new Error('again'));
  other.begin(new Error('other'));
  one.end();
  expect(lines).toEqual(['first']);
  other.end();
  other.end();
  expect(lines).toEqual(['first', 'end']);
});

test('errors and successes that alternate are logged once a minute', () => {
  const { lines, one } = start();
  for (let second = 0; second < 180; second++) {
    one.begin(new Error(`${second}`));
    one.end();
    vi.advanceTimersByTime(1_000);
  }
  expect(lines).toEqual(['0', 'end', '60', 'end', '120', 'end']);
});

test('an outage that begins within a minute and stays is logged after it', () => {
  const { lines, one } = start();
  one.begin(new Error('first'));
  one.end();
  one.begin(new Error('second'));
  vi.advanceTimersByTime(59_999);
  one.begin(new Error('second, after 59 s'));
  expect(lines).toEqual(['first', 'end']);
  vi.advanceTimersByTime(1);
  one.begin(new Error('second, after 60 s'));
  one.end();
  expect(lines).toEqual(['first', 'end', 'second, after 60 s', 'end']);
});
