/** Answers a request that never becomes a GraphQL operation, in the form that GraphQL clients read. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AdmissionRefusal } from './admission.ts';
import { discardRest } from './discard-rest.ts';

const codes = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  406: 'NOT_ACCEPTABLE',
  408: 'REQUEST_TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
} as const;

/** Ends the response; what is left of the request's body is thrown away. Further `extensions` go beside the code. */
export function sendError(
  req: IncomingMessage,
  res: ServerResponse,
  status: keyof typeof codes,
  message: string,
  extensions: Readonly<Record<string, string>> = {},
): void {
  const errors = [{ message, extensions: { code: codes[status], ...extensions } }];
  const body = Buffer.from(JSON.stringify({ errors }));
  // A client that waits for "100 Continue" does not send its body now, and one that is too slow does not end it: the next request
  // could not be told from it.
  if (req.headers.expect !== undefined || status === 408) res.setHeader('connection', 'close');
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length });
  res.end(body);
  discardRest(req);
}

/** For a request that would hold more than its caller, or all callers together, may hold. */
export function sendRefusal(req: IncomingMessage, res: ServerResponse, refusal: AdmissionRefusal): void {
  res.setHeader('retry-after', '1');
  if (refusal === 'caller')
    sendError(req, res, 429, 'Too many requests of this caller are under way; retry in a second.');
  else sendError(req, res, 503, 'The gateway is overloaded; retry in a second.');
}

export function sendNotFound(req: IncomingMessage, res: ServerResponse): void {
  sendError(req, res, 404, 'There is nothing here. GraphQL is at /graphql.');
}
