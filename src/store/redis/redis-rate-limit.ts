/** Rate limits in Redis, for all gateways that share it. */

import {
  minuteMs,
  type RateLimit,
  type RateLimitOptions,
  type RateLimitPurpose,
  unlimited,
} from '../../conversation/callers/rate-limit.ts';
import { type Redis, redisKey } from './connect-redis.ts';

/** The end of the minute by the clock of Redis, in milliseconds. */
const endsAt = `
local function endsAt()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000) + redis.call('PTTL', KEYS[1])
end
`;

/**
 * Returns the milliseconds left of a minute whose limit is reached, else 0; then the end of the minute, how many calls it has, and the
 * milliseconds left of it.
 */
const countScript = `${endsAt}
local count = tonumber(redis.call('GET', KEYS[1]) or '0')
if count >= tonumber(ARGV[1]) then return {math.max(redis.call('PTTL', KEYS[1]), 1), 0} end
if redis.call('INCR', KEYS[1]) == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return {0, endsAt(), count + 1, redis.call('PTTL', KEYS[1])}
`;

/** Subtracts a call from its minute, but not from a later one. Both times are rounded. */
const refundScript = `${endsAt}
if redis.call('EXISTS', KEYS[1]) == 0 or math.abs(endsAt() - tonumber(ARGV[1])) > 10 then return end
if redis.call('DECR', KEYS[1]) <= 0 then redis.call('DEL', KEYS[1]) end
`;

const keyPrefixes: Record<RateLimitPurpose, string> = { replies: 'count', reads: 'count-reads' };

/** `fallback` counts while Redis is unreachable, for this gateway only. */
export function createRedisRateLimit(
  redis: Redis,
  purpose: RateLimitPurpose,
  { perMinute, kinds }: RateLimitOptions,
  fallback: RateLimit,
): RateLimit {
  const keyPrefix = keyPrefixes[purpose];
  return async (caller) => {
    if (!kinds.includes(caller.kind)) return unlimited;
    const key = redisKey(keyPrefix, caller.id);
    let result: unknown;
    try {
      result = await redis.evaluate(countScript, key, [String(perMinute), String(minuteMs)]);
    } catch {
      return fallback(caller);
    }
    const [left = 0, end = 0, calls = 0, leftOfMinute = 0] = (result as readonly unknown[]).map(Number);
    if (left > 0) {
      const resetSeconds = Math.ceil(left / 1000);
      return { isWithinLimit: false, state: { limit: perMinute, remaining: 0, resetSeconds } };
    }
    const resetSeconds = Math.max(1, Math.ceil(leftOfMinute / 1000));
    return {
      isWithinLimit: true,
      state: { limit: perMinute, remaining: perMinute - calls, resetSeconds },
      refund() {
        // If Redis is unreachable, the call counts although it was not made.
        redis.evaluate(refundScript, key, [String(end)]).catch(() => {});
      },
    };
  };
}
