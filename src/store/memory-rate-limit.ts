/** Counts the replies of each caller in memory. */

import { LRUCache } from 'lru-cache';
import type { RateLimit } from '../conversation/rate-limit.ts';
import { minuteMs, type RateLimitOptions } from './rate-limit-options.ts';

/** Some 200 bytes each. Callers beyond that push out those who have been quiet longest. */
const maxCallers = 100_000;

const isWithinLimit = Promise.resolve({ isWithinLimit: true } as const);

export function createMemoryRateLimit({ perMinute, kinds }: RateLimitOptions): RateLimit {
  // By a size, since a `max` takes up the memory of as many callers at once.
  const counts = new LRUCache<string, { replies: number; readonly endsAt: number }>({
    maxSize: maxCallers,
    sizeCalculation: () => 1,
  });

  return (caller) => {
    if (!kinds.includes(caller.kind)) return isWithinLimit;
    const { id } = caller;
    const now = performance.now();
    const count = counts.get(id);
    if (!count || count.endsAt <= now) counts.set(id, { replies: 1, endsAt: now + minuteMs });
    else if (count.replies < perMinute) count.replies++;
    else {
      const retryAfterSeconds = Math.ceil((count.endsAt - now) / 1000);
      return Promise.resolve({ isWithinLimit: false, retryAfterSeconds });
    }
    return isWithinLimit;
  };
}
