/** Rate limits: how many replies a caller may send, and how many conversations it may read, in a minute. */

import type { Caller, CallerKind } from './caller.ts';

export interface RateLimitOptions {
  /** The minute begins with the first call. */
  readonly perMinute: number;
  /** Callers of other kinds have no limit. */
  readonly kinds: readonly CallerKind[];
}

export const minuteMs = 60_000;

export type RateLimitResult =
  | {
      readonly isWithinLimit: true;
      /** For a call that was not made in the end: it does not count. */
      readonly giveBack: () => void;
    }
  /** `retryAfterSeconds` is at least 1. */
  | { readonly isWithinLimit: false; readonly retryAfterSeconds: number };

/** Counts one more call of a caller, unless it would exceed the limit. */
export type RateLimit = (caller: Caller) => Promise<RateLimitResult>;

/** For callers without a limit. */
export const unlimited: Promise<RateLimitResult> = Promise.resolve({
  isWithinLimit: true,
  giveBack() {},
});
