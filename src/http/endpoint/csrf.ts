/**
 * Protects against cross-site request forgery. In production, a GET that a page of another site can send without a preflight is refused.
 * An upload needs a header (`read-upload.ts`). Other media types are refused by `read-params.ts`.
 */

import type { IncomingMessage } from 'node:http';
import { hasDocument } from '../pages/graphiql-page.ts';
import { parseMediaType, type ResponseType } from './negotiate.ts';

/** A page of another site cannot set one of these headers without a preflight. `Authorization` is no proof: browsers may add it. */
export const preflightHeaders = [
  'apollo-require-preflight',
  'x-graphql-yoga-csrf',
  'x-apollo-operation-name',
] as const;

/** Whether the request has one of these headers, with any value. */
export function hasPreflightHeader({ headers }: IncomingMessage): boolean {
  return preflightHeaders.some((name) => headers[name]);
}

const simpleTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

/**
 * Whether it is a GET of an operation that a link, an image, a script or a form of another site could have caused. A GraphQL client
 * names a media type in `Accept`; in a browser only a script can do that. A script of another site must be of an allowed origin.
 */
export function isSimpleGet(
  req: IncomingMessage,
  isOriginAllowed: boolean,
  { isNamed }: ResponseType,
): boolean {
  if (req.method !== 'GET' || !hasDocument(req)) return false;
  const contentType = req.headers['content-type'];
  const isSimpleType = !contentType || simpleTypes.includes(parseMediaType(contentType).type);
  if (hasPreflightHeader(req) || !isSimpleType) return false;
  const isFromOtherSite = /^(?:cross|same)-site$/.test(String(req.headers['sec-fetch-site']));
  return !isNamed || (isFromOtherSite && !isOriginAllowed);
}
