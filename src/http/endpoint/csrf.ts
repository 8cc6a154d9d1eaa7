/** Protection against cross-site request forgery: which requests a page of another site can send without a preflight. */

import type { IncomingMessage } from 'node:http';
import { parseMediaType } from './media-type.ts';

const simpleTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

/** Whether a page of another site could have it sent without a preflight. `Authorization` does not count: browsers send it by themselves. */
export function isSimpleRequest({ headers }: IncomingMessage): boolean {
  if (preflightHeaders.some((name) => headers[name])) return false;
  const contentType = headers['content-type'];
  return !contentType || simpleTypes.includes(parseMediaType(contentType).type);
}

export const preflightHeaders = [
  'apollo-require-preflight',
  'x-graphql-yoga-csrf',
  'x-apollo-operation-name',
] as const;
