/** Counts the replies of each caller in memory. */

import { LRUCache } from 'lru-cache';
import { notCounted, type RateLimit } from '../conversation/rate-limit.ts';
import { minuteMs, type RateLimitOptions } from './rate-limit-options.ts';

/** Some 200 bytes each. Callers beyond that push out those who have been quiet longest. */
const maxCallers = 100_000;

export function createMemoryRateLimit({ perMinute, kinds }: RateLimitOptions): RateLimit {
  // By a size, since a `max` takes up the memory of as many callers at once.
  const counts = new LRUCache<string, { replies: number; readonly endsAt: number }>({
    maxSize: maxCallers,
    sizeCalculation: () => 1,
  });

  return (caller) => {
    if (!kinds.includes(caller.kind)) return notCounted;
    const { id } = caller;
    const now = performance.now();
    let count = counts.get(id);
    if (!count || count.endsAt <= now) {
      count = { replies: 0, endsAt: now + minuteMs };
      counts.set(id, count);
    }
    if (count.replies >= perMinute) {
      const retryAfterSeconds = Math.ceil((count.endsAt - now) / 1000);
      return Promise.resolve({ isWithinLimit: false, retryAfterSeconds });
    }
    count.replies++;
    return Promise.resolve({
      isWithinLimit: true,
      giveBack() {
        // The minute begins with the first reply that counts.
        if (--count.replies === 0 && counts.get(id) === count) counts.delete(id);
      },
    });
  };
}
