/** The headers of a caller with a rate limit (draft-ietf-httpapi-ratelimit-headers-10). */

import type { ServerResponse } from 'node:http';
import {
  minuteMs,
  type RateLimitPurpose,
  type RateLimitState,
} from '../../conversation/callers/rate-limit.ts';

/** Without a state for what was not counted. */
export type RateLimitStates = Readonly<Partial<Record<RateLimitPurpose, RateLimitState>>>;

export function setRateLimitHeaders(res: ServerResponse, states: RateLimitStates): void {
  const items = Object.entries(states);
  if (items.length === 0) return;
  const policies = items.map(([purpose, { limit }]) => `"${purpose}";q=${limit};w=${minuteMs / 1000}`);
  const rests = items.map(
    ([purpose, { remaining, resetSeconds }]) => `"${purpose}";r=${remaining};t=${resetSeconds}`,
  );
  res.setHeader('ratelimit-policy', policies.join(', '));
  res.setHeader('ratelimit', rests.join(', '));
}
