/** Rate limits: how many replies a caller may send, and how many conversations it may read, in a minute. */

import type { Caller, CallerKind } from './caller.ts';

export interface RateLimitOptions {
  /** The minute begins with the first call. */
  readonly perMinute: number;
  /** Callers of other kinds have no limit. */
  readonly kinds: readonly CallerKind[];
}

export const minuteMs = 60_000;

/** What is counted: replies and reads have a minute each. */
export type RateLimitPurpose = 'replies' | 'reads';

/** What remains of the minute's limit after the counted call. */
export interface RateLimitState {
  readonly limit: number;
  readonly remaining: number;
  /** Until the minute ends; at least 1. */
  readonly resetSeconds: number;
}

/** Receives the state after each call of a caller with a limit. */
export type ObserveRateLimit = (state: RateLimitState) => void;

export type RateLimitResult =
  | {
      readonly isWithinLimit: true;
      /** Missing for a caller without a limit. */
      readonly state?: RateLimitState;
      /** Subtracts a call that was not made. */
      readonly refund: () => void;
    }
  | { readonly isWithinLimit: false; readonly state: RateLimitState };

/** Counts one more call of a caller, unless it would exceed the limit. */
export type RateLimit = (caller: Caller) => Promise<RateLimitResult>;

/** Reports the state after a call; a call that was not made does not count. */
export function reportState({ state }: RateLimitResult, wasMade: boolean, observe: ObserveRateLimit): void {
  if (state) observe(wasMade ? state : { ...state, remaining: state.remaining + 1 });
}

/** For callers without a limit. */
export const unlimited: Promise<RateLimitResult> = Promise.resolve({
  isWithinLimit: true,
  refund() {},
});
