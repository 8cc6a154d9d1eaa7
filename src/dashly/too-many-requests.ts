/** The failure for a reply for which Dashly's quota has no room. */

import type { TooManyRequests } from '../conversation/reply-outcome.ts';

/** Takes how long to wait, in seconds; null where that is not known. */
export function tooManyRequests(retryAfterSeconds: number | null): TooManyRequests {
  const advice = retryAfterSeconds === null ? 'after a while' : `in ${retryAfterSeconds} seconds`;
  return {
    kind: 'tooManyRequests',
    message: `Dashly takes no more calls for now; send the reply again ${advice}.`,
    delivery: 'NOT_DELIVERED',
    retryAfterSeconds,
  };
}
