/** The limit on replies that callers keep, wherever it is counted. */

import type { CallerKind } from '../conversation/caller.ts';

export interface RateLimitOptions {
  /** How many replies a caller may send in a minute, which begins with the first of them. */
  readonly perMinute: number;
  /** Callers of other kinds are not counted. */
  readonly kinds: readonly CallerKind[];
}

export const minuteMs = 60_000;
