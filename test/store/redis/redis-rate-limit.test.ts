/** Rate limits in Redis. */

import { createClient } from '@redis/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Caller } from '../../../src/conversation/callers/caller.ts';
import { allRights } from '../../../src/conversation/callers/caller-rights.ts';
import { connectRedis } from '../../../src/store/redis/connect-redis.ts';
import { createRedisRateLimit } from '../../../src/store/redis/redis-rate-limit.ts';
import { isRedisMissing, startRedis } from '../../support/redis/start-redis.ts';
import { until } from '../../support/until.ts';

describe.skipIf(isRedisMissing)('the counter in Redis', () => {
  const caller: Caller = { kind: 'jwt', id: 'me', rights: allRights };
  const within = { isWithinLimit: true, refund: expect.any(Function), state: expect.any(Object) };
  const beyond = { isWithinLimit: false, state: expect.any(Object) };

  async function start(perMinute: number) {
    const server = await startRedis();
    const redis = connectRedis(server.url, (error) => expect.unreachable(String(error)));
    onTestFinished(() => redis.close());
    await redis.connected;
    const count = createRedisRateLimit(redis, 'replies', { perMinute, kinds: ['jwt'] }, () =>
      expect.unreachable(),
    );
    const kept = async () => [...(await server.dump()).values()];
    /** Ends the minute of all callers. */
    async function endMinute(): Promise<void> {
      const client = createClient({ url: server.url });
      await client.connect();
      for (const key of await client.keys('*')) await client.pExpire(key, 50);
      client.destroy();
      await until(async () => expect(await kept()).toEqual([]));
    }
    return { count: () => count(caller), kept, endMinute };
  }

  test('counts reads apart from replies', async () => {
    const server = await startRedis();
    const redis = connectRedis(server.url, (error) => expect.unreachable(String(error)));
    onTestFinished(() => redis.close());
    await redis.connected;
    const counterOf = (purpose: 'replies' | 'reads') =>
      createRedisRateLimit(redis, purpose, { perMinute: 1, kinds: ['jwt'] }, () => expect.unreachable());
    const [replies, reads] = [counterOf('replies'), counterOf('reads')];
    expect(await replies(caller)).toEqual(within);
    expect(await reads(caller)).toEqual(within);
    expect([await replies(caller), await reads(caller)]).toEqual([beyond, beyond]);
  });

  test('does not count a reply that was not sent', async () => {
    const { count, kept } = await start(2);
    const results = [await count(), await count()];
    expect(results).toEqual([within, within]);
    expect(await count()).toEqual(beyond);
    expect(await kept()).toEqual(['2']);
    for (const result of results.slice(1)) if (result.isWithinLimit) result.refund();
    expect(await count()).toEqual(within);
    expect(await count()).toEqual(beyond);
  });

  test('starts a new minute if its first reply was not sent', async () => {
    const { count, kept } = await start(1);
    const result = await count();
    if (result.isWithinLimit) result.refund();
    await until(async () => expect(await kept()).toEqual([]));
  });

  test('subtracts nothing from a later minute', async () => {
    const { count, kept, endMinute } = await start(2);
    const before = await count();
    await endMinute();
    expect([await count(), await count()]).toEqual([within, within]);
    if (before.isWithinLimit) before.refund();
    expect(await count()).toEqual(beyond);
    expect(await kept()).toEqual(['2']);
  });
});
