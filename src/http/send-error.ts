/** Answers a request that never becomes a GraphQL operation, in the form that GraphQL clients read. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { discardRest } from './discard-rest.ts';

export function sendError(req: IncomingMessage, res: ServerResponse, status: number, message: string): void {
  const body = Buffer.from(JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] }));
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length });
  res.end(body);
  discardRest(req);
}
