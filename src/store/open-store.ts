/** What is remembered from one call to the next: in the memory of this process, or in a Redis that gateways share. */

import type { RunOnce } from '../conversation/idempotency-store.ts';
import type { RateLimit } from '../conversation/rate-limit.ts';
import { createMemoryRunOnce } from './memory-idempotency-store.ts';
import { createMemoryRateLimit } from './memory-rate-limit.ts';
import type { RateLimitOptions } from './rate-limit-options.ts';

export interface StoreOptions {
  /** Null for memory. */
  readonly redisUrl: string | null;
  /** How long the key of a reply is kept, in milliseconds. */
  readonly ttlMs: number;
  /** No call to Dashly takes longer, in milliseconds. */
  readonly maxRunMs: number;
  readonly rateLimitOptions: RateLimitOptions;
  /** Told once for each outage of Redis. */
  readonly onOutage: (error: Error) => void;
}

export interface Store {
  readonly runOnce: RunOnce;
  readonly rateLimit: RateLimit;
  close(): Promise<void>;
}

/** Time for what a run does besides calling Dashly. */
const marginMs = 5_000;

/** Waits for Redis for a second, and goes on without it. Rejects with `RedisRefused` if the URL cannot be used. */
export async function openStore({
  redisUrl,
  ttlMs,
  maxRunMs,
  rateLimitOptions,
  onOutage,
}: StoreOptions): Promise<Store> {
  const rateLimit = createMemoryRateLimit(rateLimitOptions);
  if (redisUrl === null) {
    return { runOnce: createMemoryRunOnce(ttlMs), rateLimit, close: async () => {} };
  }
  // Half a thousand modules, and most gateways have no Redis.
  const { connectRedis } = await import('./connect-redis.ts');
  const { createRedisRateLimit } = await import('./redis-rate-limit.ts');
  const { createRedisRunOnce } = await import('./redis-idempotency-store.ts');
  const redis = connectRedis(redisUrl, onOutage);
  await redis.connected.catch(async (error: unknown) => {
    await redis.close();
    throw error;
  });
  const { runOnce, flush } = createRedisRunOnce(redis, { ttlMs, maxRunMs: maxRunMs + marginMs });
  return {
    runOnce,
    rateLimit: createRedisRateLimit(redis, rateLimitOptions, rateLimit),
    async close() {
      await flush();
      await redis.close();
    },
  };
}
