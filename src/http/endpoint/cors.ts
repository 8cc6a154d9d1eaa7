/** Lets the pages of certain other sites read answers (https://fetch.spec.whatwg.org/#http-cors-protocol). */

import type { IncomingMessage, ServerResponse } from 'node:http';

/** What browsers keep to themselves unless told. */
const exposedHeaders = 'x-request-id, retry-after, www-authenticate';

/** In seconds; browsers take at most two hours, or a day. */
const maxAge = 24 * 60 * 60;

/** To be called before anything else, so that refusals can be read as well. */
export type ApplyCors = (req: IncomingMessage, res: ServerResponse) => void;

/**
 * No cookie means anything to this gateway, so answers are never for requests with credentials; and an origin is named from
 * the list, not from the request.
 */
export function createCors(origins: readonly string[]): ApplyCors {
  return ({ headers }, res) => {
    if (origins.length === 0) return;
    res.setHeader('vary', 'Origin');
    const origin = origins.find((listed) => listed === headers.origin);
    if (origin === undefined) return;
    res.setHeader('access-control-allow-origin', origin);
    res.setHeader('access-control-expose-headers', exposedHeaders);
  };
}

/** Whether a browser asks, on behalf of a page of another site, what that may send. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** A page that may read answers may also send whatever headers its client libraries add. */
export function answerPreflight(req: IncomingMessage, res: ServerResponse): void {
  if (res.hasHeader('access-control-allow-origin')) {
    res.setHeader('access-control-allow-methods', 'GET, POST');
    res.setHeader('access-control-allow-headers', req.headers['access-control-request-headers'] ?? '');
    res.setHeader('access-control-max-age', maxAge);
    res.setHeader('vary', 'Origin, Access-Control-Request-Headers');
  }
  res.writeHead(204).end();
}
