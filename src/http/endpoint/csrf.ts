/** Protects against cross-site request forgery: finds requests that a page of another site can send without a preflight. */

import type { IncomingMessage } from 'node:http';
import { parseMediaType } from './media-type.ts';

const simpleTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

/** Whether a page of another site can cause this request without a preflight. `Authorization` is no proof: browsers may add it. */
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
