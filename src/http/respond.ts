/** Sends errors of requests that do not become a GraphQL operation, in the form that GraphQL clients read. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
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

/** Why a request does not become a GraphQL operation. */
export interface Refusal {
  readonly kind: 'refused';
  readonly status: keyof typeof codes;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function refuse(
  status: Refusal['status'],
  message: string,
  headers?: Readonly<Record<string, string>>,
): Refusal {
  return { kind: 'refused', status, message, ...(headers && { headers }) };
}

/** Refuses a request that exceeds a limit of its caller or of the process. */
export function refuseNotAdmitted(limit: AdmissionRefusal): Refusal {
  const headers = { 'retry-after': '1' };
  switch (limit) {
    case 'caller':
      return refuse(429, 'Too many requests from this caller are in progress; retry in 1 second.', headers);
    case 'process':
      return refuse(503, 'The gateway is overloaded; retry in 1 second.', headers);
    case 'request':
      return refuse(413, 'The values of the request take too much memory; send fewer of them.');
  }
}

/** The error for a refusal of an operation that was read already. */
export function refusalError({ status, message, headers = {} }: Refusal): GraphQLError {
  return new GraphQLError(message, { extensions: { code: codes[status], http: { status, headers } } });
}

/** Sends a refusal and discards the rest of the request body. */
export function sendRefusal(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
  for (const [name, value] of Object.entries(refusal.headers ?? {})) res.setHeader(name, value);
  sendError(req, res, refusal.status, refusal.message);
}

/** Ends the response and discards the rest of the request body. `extensions` are added to the code. */
export function sendError(
  req: IncomingMessage,
  res: ServerResponse,
  status: Refusal['status'],
  message: string,
  extensions: Readonly<Record<string, string>> = {},
): void {
  const errors = [{ message, extensions: { code: codes[status], ...extensions } }];
  const body = Buffer.from(JSON.stringify({ errors }));
  // A client that waits for "100 Continue" may or may not send its body now, and a slow client has not finished it: the start of the
  // next request would be unknown.
  if (req.headers.expect !== undefined || status === 408) res.setHeader('connection', 'close');
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length });
  res.end(body);
  discardRest(req);
}

export function sendNotFound(req: IncomingMessage, res: ServerResponse): void {
  sendError(req, res, 404, 'Not found. GraphQL is at /graphql.');
}
