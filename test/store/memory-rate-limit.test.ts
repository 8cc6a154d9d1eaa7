/** Rate limits in memory. */

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CallerKind } from '../../src/conversation/callers/caller.ts';
import { allRights } from '../../src/conversation/callers/caller-rights.ts';
import { createMemoryRateLimit } from '../../src/store/memory-rate-limit.ts';

describe('the counter', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  const caller = (id: string, kind: CallerKind = 'jwt') => ({
    kind,
    id,
    rights: allRights,
  });
  const within = { isWithinLimit: true, refund: expect.any(Function), state: expect.any(Object) };
  const beyond = (resetSeconds: number) => ({
    isWithinLimit: false,
    state: { limit: expect.any(Number), remaining: 0, resetSeconds },
  });

  test('permits a number of replies per minute, and returns how long to wait for the next', async () => {
    const count = createMemoryRateLimit({ perMinute: 3, kinds: ['jwt'] });
    const me = caller('me');
    expect(await count(me)).toEqual(within);
    vi.advanceTimersByTime(20_000);
    expect([await count(me), await count(me)]).toEqual([within, within]);
    expect(await count(me)).toEqual(beyond(40));
    vi.advanceTimersByTime(500);
    expect(await count(me)).toEqual(beyond(40));
    vi.advanceTimersByTime(39_499);
    expect(await count(me)).toEqual(beyond(1));
    vi.advanceTimersByTime(1);
    expect([await count(me), await count(me), await count(me)]).toEqual([within, within, within]);
    expect(await count(me)).toEqual(beyond(60));
  });

  test('starts the minute of each caller with its first reply', async () => {
    const count = createMemoryRateLimit({ perMinute: 1, kinds: ['jwt'] });
    expect(await count(caller('one'))).toEqual(within);
    vi.advanceTimersByTime(50_000);
    expect(await count(caller('two'))).toEqual(within);
    expect(await count(caller('one'))).toEqual(beyond(10));
    expect(await count(caller('two'))).toEqual(beyond(60));
    vi.advanceTimersByTime(10_000);
    expect(await count(caller('one'))).toEqual(within);
    expect(await count(caller('two'))).toEqual(beyond(50));
  });

  test('does not extend the wait of callers that keep trying', async () => {
    const count = createMemoryRateLimit({ perMinute: 1, kinds: ['jwt'] });
    await count(caller('me'));
    for (let second = 0; second < 59; second++) {
      vi.advanceTimersByTime(1_000);
      expect(await count(caller('me'))).toEqual(beyond(59 - second));
    }
    vi.advanceTimersByTime(1_000);
    expect(await count(caller('me'))).toEqual(within);
  });

  test('permits no more replies if they are counted at once', async () => {
    const count = createMemoryRateLimit({ perMinute: 5, kinds: ['jwt'] });
    const counted = await Promise.all(Array.from({ length: 50 }, () => count(caller('me'))));
    expect(counted.filter(({ isWithinLimit }) => isWithinLimit)).toHaveLength(5);
  });

  test.each<[kinds: CallerKind[], kind: CallerKind, isCounted: boolean]>([
    [['jwt'], 'jwt', true],
    [['jwt'], 'api-key', false],
    [['jwt'], 'dashly-token', false],
    [['api-key'], 'jwt', false],
    [['jwt', 'api-key', 'dashly-token'], 'dashly-token', true],
    [[], 'jwt', false],
  ])('for %j counts those of %s: %s', async (kinds, kind, isCounted) => {
    const count = createMemoryRateLimit({ perMinute: 1, kinds });
    const unlimited = { isWithinLimit: true, refund: expect.any(Function) };
    expect(await count(caller('me', kind))).toEqual(isCounted ? within : unlimited);
    expect(await count(caller('me', kind))).toEqual(isCounted ? beyond(60) : unlimited);
  });

  test('returns what is left, and never more than a minute', async () => {
    const count = createMemoryRateLimit({ perMinute: 3, kinds: ['jwt'] });
    for (const remaining of [2, 1, 0, 0]) {
      expect(await count(caller('me'))).toMatchObject({ state: { limit: 3, remaining, resetSeconds: 60 } });
    }
    vi.useRealTimers();
    for (let index = 0; index < 1_000; index++) {
      expect((await count(caller(`${index}`))).state?.resetSeconds).toBe(60);
    }
  });

  test('does not count a reply that was not sent, and the minute begins with the first that was', async () => {
    const count = createMemoryRateLimit({ perMinute: 2, kinds: ['jwt'] });
    const me = caller('me');
    const [first, second] = [await count(me), await count(me)];
    expect(await count(me)).toEqual(beyond(60));
    if (second.isWithinLimit) second.refund();
    vi.advanceTimersByTime(10_000);
    expect(await count(me)).toEqual(within);
    expect(await count(me)).toEqual(beyond(50));
    vi.advanceTimersByTime(50_000);
    // Replies that are subtracted from a past minute change nothing in the next.
    expect([await count(me), await count(me)]).toEqual([within, within]);
    if (first.isWithinLimit) first.refund();
    expect(await count(me)).toEqual(beyond(60));

    const you = await count(caller('you'));
    vi.advanceTimersByTime(30_000);
    if (you.isWithinLimit) you.refund();
    for (const _time of [1, 2]) expect(await count(caller('you'))).toEqual(within);
    expect(await count(caller('you'))).toEqual(beyond(60));
  });

  test('remembers every caller among many', async () => {
    const count = createMemoryRateLimit({ perMinute: 1, kinds: ['jwt'] });
    for (let index = 0; index < 50_000; index++) await count(caller(`${index}`));
    expect(await count(caller('0'))).toEqual(beyond(60));
  });
});
