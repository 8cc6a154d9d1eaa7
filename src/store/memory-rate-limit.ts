/** Rate limits in memory. */

import { LRUCache } from 'lru-cache';
import {
  minuteMs,
  type RateLimit,
  type RateLimitOptions,
  unlimited,
} from '../conversation/callers/rate-limit.ts';

/** About 200 bytes each. Beyond that, the callers that were inactive longest are forgotten. */
const maxCallers = 100_000;

export function createMemoryRateLimit({ perMinute, kinds }: RateLimitOptions): RateLimit {
  // Not `max`, which allocates memory for all callers in advance.
  const counts = new LRUCache<string, { calls: number; readonly endsAt: number }>({
    maxSize: maxCallers,
    sizeCalculation: () => 1,
  });

  return (caller) => {
    if (!kinds.includes(caller.kind)) return unlimited;
    const { id } = caller;
    const now = performance.now();
    let count = counts.get(id);
    if (!count || count.endsAt <= now) {
      count = { calls: 0, endsAt: now + minuteMs };
      counts.set(id, count);
    }
    // Rounded first: the difference of two fractions may exceed a minute.
    const resetSeconds = Math.max(1, Math.ceil(Math.round(count.endsAt - now) / 1000));
    if (count.calls >= perMinute) {
      const state = { limit: perMinute, remaining: 0, resetSeconds };
      return Promise.resolve({ isWithinLimit: false, state });
    }
    count.calls++;
    return Promise.resolve({
      isWithinLimit: true,
      state: { limit: perMinute, remaining: perMinute - count.calls, resetSeconds },
      refund() {
        // The minute begins with the first call that counts.
        if (--count.calls === 0 && counts.get(id) === count) counts.delete(id);
      },
    });
  };
}
