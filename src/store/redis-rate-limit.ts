/** Counts the replies of each caller in Redis, for all gateways that share it. */

import type { RateLimit } from '../conversation/rate-limit.ts';
import { type Redis, redisKey } from './connect-redis.ts';
import { minuteMs, type RateLimitOptions } from './rate-limit-options.ts';

/** Returns 0, or how many milliseconds are left of a minute that is used up. */
const countScript = `
local count = tonumber(redis.call('GET', KEYS[1]) or '0')
if count >= tonumber(ARGV[1]) then return math.max(redis.call('PTTL', KEYS[1]), 1) end
if redis.call('INCR', KEYS[1]) == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
`;

/** While Redis is out of reach `fallback` counts, which knows of this gateway only. */
export function createRedisRateLimit(
  redis: Redis,
  { perMinute, kinds }: RateLimitOptions,
  fallback: RateLimit,
): RateLimit {
  return async (caller) => {
    if (!kinds.includes(caller.kind)) return { isWithinLimit: true };
    try {
      const key = redisKey('count', caller.id);
      const left = await redis.evaluate(countScript, key, [String(perMinute), String(minuteMs)]);
      if (left === 0) return { isWithinLimit: true };
      return { isWithinLimit: false, retryAfterSeconds: Math.ceil(Number(left) / 1000) };
    } catch {
      return fallback(caller);
    }
  };
}
