/** CORS: lets pages of the configured origins read responses (https://fetch.spec.whatwg.org/#http-cors-protocol). */

import type { IncomingMessage, ServerResponse } from 'node:http';

/** Browsers hide these headers from pages by default. */
const exposedHeaders = 'x-request-id, retry-after, www-authenticate, ratelimit, ratelimit-policy';

/** In seconds; browsers limit it to two hours or one day. */
const maxAge = 24 * 60 * 60;

/** Call this first, so that pages can read errors too. Returns whether the request has an allowed origin. */
export type ApplyCors = (req: IncomingMessage, res: ServerResponse) => boolean;

/**
 * The gateway uses no cookies, so it does not allow requests with credentials. The response names the origin from the list, not from
 * the request.
 */
export function createCors(origins: readonly string[]): ApplyCors {
  return ({ headers }, res) => {
    if (origins.length === 0) return false;
    res.setHeader('vary', 'Origin');
    const origin = origins.find((listed) => listed === headers.origin);
    if (origin === undefined) return false;
    res.setHeader('access-control-allow-origin', origin);
    res.setHeader('access-control-expose-headers', exposedHeaders);
    return true;
  };
}

/** Whether a browser asks if a page of another origin may send a request. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/**
 * A page of an allowed origin may send any headers, since client libraries add their own. Returns why the preflight was refused; null if
 * the origin is allowed.
 */
export function answerPreflight(
  req: IncomingMessage,
  res: ServerResponse,
  isOriginAllowed: boolean,
): string | null {
  if (isOriginAllowed) {
    res.setHeader('access-control-allow-methods', 'GET, POST');
    res.setHeader('access-control-allow-headers', req.headers['access-control-request-headers'] ?? '');
    res.setHeader('access-control-max-age', maxAge);
    res.setHeader('vary', 'Origin, Access-Control-Request-Headers');
  }
  res.writeHead(204).end();
  return isOriginAllowed ? null : 'The origin is not in CORS_ORIGINS.';
}
