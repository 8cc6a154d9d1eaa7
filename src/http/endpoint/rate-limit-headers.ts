/** The headers of a caller with a rate limit (draft-ietf-httpapi-ratelimit-headers-10). */

import type { ServerResponse } from 'node:http';
import type { RateLimitState } from '../../conversation/callers/rate-limit.ts';

/** What is counted, as the name of its policy. */
export type RateLimitPolicy = 'replies' | 'reads';

const windowSeconds = 60;

/** Replaces the values of an earlier call of the same operation. */
export function setRateLimitHeaders(
  res: ServerResponse,
  policy: RateLimitPolicy,
  { limit, remaining, resetSeconds }: RateLimitState,
): void {
  // The client has disconnected, or the gateway has answered an error.
  if (res.headersSent) return;
  setItem(res, 'ratelimit-policy', policy, `q=${limit};w=${windowSeconds}`);
  setItem(res, 'ratelimit', policy, `r=${remaining};t=${resetSeconds}`);
}

function setItem(res: ServerResponse, header: string, policy: RateLimitPolicy, parameters: string): void {
  const name = `"${policy}"`;
  const others = String(res.getHeader(header) ?? '')
    .split(', ')
    .filter((item) => item !== '' && !item.startsWith(name));
  res.setHeader(header, [...others, `${name};${parameters}`].join(', '));
}
