/** The limit on how many replies a caller may send in a time, as the subject sees it. */

import type { Caller } from './caller.ts';

export type RateLimitResult =
  | {
      readonly isWithinLimit: true;
      /** For a reply that was not sent after all: it does not count then. */
      readonly giveBack: () => void;
    }
  /** `retryAfterSeconds` is at least 1. */
  | { readonly isWithinLimit: false; readonly retryAfterSeconds: number };

/** Counts one more reply of a caller, unless that would be one too many. */
export type RateLimit = (caller: Caller) => Promise<RateLimitResult>;

/** For a caller that is not counted. */
export const notCounted: Promise<RateLimitResult> = Promise.resolve({
  isWithinLimit: true,
  giveBack() {},
});
