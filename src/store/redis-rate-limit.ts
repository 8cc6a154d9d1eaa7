/** Counts the replies of each caller in Redis, for all gateways that share it. */

import { notCounted, type RateLimit } from '../conversation/rate-limit.ts';
import { type Redis, redisKey } from './connect-redis.ts';
import { minuteMs, type RateLimitOptions } from './rate-limit-options.ts';

/** When the minute ends, by Redis' own clock in milliseconds. */
const endsAt = `
local function endsAt()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000) + redis.call('PTTL', KEYS[1])
end
`;

/** Returns how many milliseconds are left of a minute that is used up, else 0, and when the minute ends. */
const countScript = `${endsAt}
local count = tonumber(redis.call('GET', KEYS[1]) or '0')
if count >= tonumber(ARGV[1]) then return {math.max(redis.call('PTTL', KEYS[1]), 1), 0} end
if redis.call('INCR', KEYS[1]) == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return {0, endsAt()}
`;

/** Takes one reply off the same minute, and leaves another one alone. Both times are rounded. */
const giveBackScript = `${endsAt}
if redis.call('EXISTS', KEYS[1]) == 0 or math.abs(endsAt() - tonumber(ARGV[1])) > 10 then return end
if redis.call('DECR', KEYS[1]) <= 0 then redis.call('DEL', KEYS[1]) end
`;

/** While Redis is out of reach `fallback` counts, which knows of this gateway only. */
export function createRedisRateLimit(
  redis: Redis,
  { perMinute, kinds }: RateLimitOptions,
  fallback: RateLimit,
): RateLimit {
  return async (caller) => {
    if (!kinds.includes(caller.kind)) return notCounted;
    const key = redisKey('count', caller.id);
    let answer: unknown;
    try {
      answer = await redis.evaluate(countScript, key, [String(perMinute), String(minuteMs)]);
    } catch {
      return fallback(caller);
    }
    const [left, end] = (answer as readonly unknown[]).map(Number) as [number, number];
    if (left > 0) return { isWithinLimit: false, retryAfterSeconds: Math.ceil(left / 1000) };
    return {
      isWithinLimit: true,
      giveBack() {
        // While Redis is away, the reply counts though it was not sent.
        redis.evaluate(giveBackScript, key, [String(end)]).catch(() => {});
      },
    };
  };
}
