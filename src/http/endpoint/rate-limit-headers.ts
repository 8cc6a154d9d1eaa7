/** The headers of a caller with a rate limit (draft-ietf-httpapi-ratelimit-headers-10). */

import type { ServerResponse } from 'node:http';
import {
  minuteMs,
  type RateLimitPurpose,
  type RateLimitState,
} from '../../conversation/callers/rate-limit.ts';

/** Replaces the values of an earlier call of the same operation. */
export function setRateLimitHeaders(
  res: ServerResponse,
  purpose: RateLimitPurpose,
  { limit, remaining, resetSeconds }: RateLimitState,
): void {
  // The client has disconnected, or the gateway has answered an error.
  if (res.headersSent) return;
  setItem(res, 'ratelimit-policy', purpose, `q=${limit};w=${minuteMs / 1000}`);
  setItem(res, 'ratelimit', purpose, `r=${remaining};t=${resetSeconds}`);
}

function setItem(res: ServerResponse, header: string, purpose: RateLimitPurpose, parameters: string): void {
  const name = `"${purpose}"`;
  const others = String(res.getHeader(header) ?? '')
    .split(', ')
    .filter((item) => item !== '' && !item.startsWith(name));
  res.setHeader(header, [...others, `${name};${parameters}`].join(', '));
}
