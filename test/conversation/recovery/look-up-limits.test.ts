/** How many look-ups may run, and what stops them. */

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Caller } from '../../../src/conversation/callers/caller.ts';
import { allRights } from '../../../src/conversation/callers/caller-rights.ts';
import { LookUpLimits } from '../../../src/conversation/recovery/look-up-limits.ts';

const owner: Caller = { kind: 'dashly-token', id: 'dashly-token:a', rights: allRights };
const otherOwner: Caller = { ...owner, id: 'dashly-token:b' };
const person: Caller = { kind: 'jwt', id: 'jwt:a', rights: allRights };

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

test.each([
  [0, 3],
  [15, 3],
  [20, 4],
  [100, 20],
  [1_000, 32],
])('with %d replies under way, %d look-ups run at once', (replies, maximum) => {
  const limits = new LookUpLimits(() => replies);
  const begun = Array.from({ length: maximum + 5 }, () => limits.begin(owner)).filter(Boolean);
  expect(begun).toHaveLength(maximum);
  limits.end(owner, 'notFound');
  expect(limits.begin(owner)).toBe(true);
});

describe('failures', () => {
  function run(limits: LookUpLimits, count: number, result: 'failed' | 'notFound' | 'skipped'): void {
    for (let index = 0; index < count; index++) {
      expect(limits.begin(owner)).toBe(true);
      limits.end(owner, result);
    }
  }

  test('of 10 of the last 20 look-ups stop all look-ups for 30 seconds', () => {
    const limits = new LookUpLimits(() => 0);
    run(limits, 10, 'notFound');
    run(limits, 10, 'failed');
    expect(limits.begin(owner)).toBe(false);
    vi.advanceTimersByTime(29_999);
    expect(limits.begin(owner)).toBe(false);
    vi.advanceTimersByTime(1);
    run(limits, 19, 'failed');
    expect(limits.begin(owner)).toBe(true);
  });

  test('still count after look-ups whose clients disconnected', () => {
    const limits = new LookUpLimits(() => 0);
    run(limits, 10, 'notFound');
    for (let index = 0; index < 10; index++) {
      run(limits, 1, 'failed');
      if (index < 9) run(limits, 5, 'skipped');
    }
    expect(limits.areOff(owner)).toBe(true);
  });

  test('of 9 of the last 20 look-ups stop none', () => {
    const limits = new LookUpLimits(() => 0);
    run(limits, 100, 'notFound');
    run(limits, 9, 'failed');
    run(limits, 11, 'notFound');
    run(limits, 9, 'failed');
    expect(limits.begin(owner)).toBe(true);
  });
});

describe('a token that may not read', () => {
  test('is not tried for 10 minutes', () => {
    const limits = new LookUpLimits(() => 0);
    limits.begin(owner);
    limits.end(owner, 'refused');
    expect(limits.begin(owner)).toBe(false);
    expect(limits.begin(otherOwner)).toBe(true);
    vi.advanceTimersByTime(600_000);
    expect(limits.begin(owner)).toBe(true);
  });

  test('is not tried for any caller if it is the token of the gateway', () => {
    const limits = new LookUpLimits(() => 0);
    limits.begin(person);
    limits.end(person, 'refused');
    expect(limits.begin({ ...person, kind: 'api-key', id: 'api-key:b' })).toBe(false);
    expect(limits.begin(owner)).toBe(true);
  });

  test('is tried again if it is the oldest of more than 1,000', () => {
    const limits = new LookUpLimits(() => 0);
    for (let index = 0; index <= 1_000; index++) {
      const caller = { ...owner, id: `dashly-token:${index}` };
      limits.begin(caller);
      limits.end(caller, 'refused');
    }
    expect(limits.begin({ ...owner, id: 'dashly-token:0' })).toBe(true);
    expect(limits.begin({ ...owner, id: 'dashly-token:1' })).toBe(false);
  });
});
