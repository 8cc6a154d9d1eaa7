/** Opens the store of idempotency keys and rate limits: in memory, or in a Redis that several gateways share. */

import type { RateLimit, RateLimitOptions } from '../conversation/callers/rate-limit.ts';
import type { IdempotencyStore } from '../conversation/sending/idempotency-store.ts';
import { createMemoryIdempotencyStore } from './memory-idempotency-store.ts';
import { createMemoryRateLimit } from './memory-rate-limit.ts';

export interface StoreOptions {
  /** Null for memory. */
  readonly redisUrl: string | null;
  /** Precedes all keys in Redis. */
  readonly redisKeyPrefix: string;
  /** How many replicas must have a claim to a key before its reply is sent. */
  readonly redisMinReplicas: number;
  /** How long a key is kept, in milliseconds. */
  readonly ttlMs: number;
  /** The time limit of a call to Dashly and its look-ups, in milliseconds. */
  readonly maxRunMs: number;
  readonly rateLimitOptions: RateLimitOptions;
  /** Called once for each outage of Redis. */
  readonly onOutage: (error: Error) => void;
  /** Called once at the end of each outage. */
  readonly onRecovery: () => void;
  /** Called with a warning for the operator. */
  readonly onWarning: (message: string) => void;
}

export interface Store {
  readonly idempotencyStore: IdempotencyStore;
  readonly rateLimit: RateLimit;
  /** For reads, which have a minute of their own. */
  readonly readRateLimit: RateLimit;
  /** Whether keys can be claimed, as far as known. */
  isReachable(): boolean;
  /** Ends the waits for keys that other gateways have claimed. */
  abort(): void;
  close(): Promise<void>;
}

/** For the time that a run takes besides its call to Dashly. */
const marginMs = 5_000;

/** Waits up to a second for Redis, and continues without it. Rejects with `RedisRefused` if the URL cannot be used. */
export async function openStore({
  redisUrl,
  redisKeyPrefix,
  redisMinReplicas,
  ttlMs,
  maxRunMs,
  rateLimitOptions,
  onOutage,
  onRecovery,
  onWarning,
}: StoreOptions): Promise<Store> {
  const rateLimit = createMemoryRateLimit(rateLimitOptions);
  const readRateLimit = createMemoryRateLimit(rateLimitOptions);
  if (redisUrl === null) {
    return {
      idempotencyStore: createMemoryIdempotencyStore(ttlMs),
      rateLimit,
      readRateLimit,
      isReachable: () => true,
      // Calls only wait for runs of this gateway, which end themselves.
      abort: () => {},
      close: async () => {},
    };
  }
  // Loaded only if needed: about 500 modules, and most gateways have no Redis.
  const { connectRedis } = await import('./redis/connect-redis.ts');
  const { createRedisRateLimit } = await import('./redis/redis-rate-limit.ts');
  const { createRedisIdempotencyStore } = await import('./redis/redis-idempotency-store.ts');
  const redis = connectRedis(redisUrl, onOutage, {
    onRecovery,
    keyPrefix: redisKeyPrefix,
    minReplicas: redisMinReplicas,
    onEviction: (policy) =>
      onWarning(
        `Redis may evict idempotency keys, after which a retry sends its reply again: its maxmemory-policy is "${policy}"; set it to "noeviction".`,
      ),
  });
  await redis.connected.catch(async (error: unknown) => {
    await redis.close();
    throw error;
  });
  const idempotencyStore = createRedisIdempotencyStore(redis, { ttlMs, maxRunMs: maxRunMs + marginMs });
  return {
    idempotencyStore,
    rateLimit: createRedisRateLimit(redis, 'replies', rateLimitOptions, rateLimit),
    readRateLimit: createRedisRateLimit(redis, 'reads', rateLimitOptions, readRateLimit),
    isReachable: () => redis.isReady,
    abort: idempotencyStore.abort,
    async close() {
      await idempotencyStore.flush();
      await redis.close();
    },
  };
}
