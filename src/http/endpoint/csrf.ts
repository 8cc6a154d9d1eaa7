/** Tells requests that any page can make a browser send from those that need a preflight (https://fetch.spec.whatwg.org/#cors-safelisted-request-header). */

import type { IncomingMessage } from 'node:http';
import { parseMediaType } from './media-type.ts';
import { preflightHeaders } from './preflight-headers.ts';

const simpleTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

/** Whether a page of another site could have it sent without a preflight. `Authorization` does not count: browsers send it by themselves. */
export function isSimpleRequest({ headers }: IncomingMessage): boolean {
  if (preflightHeaders.some((name) => headers[name])) return false;
  const contentType = headers['content-type'];
  return !contentType || simpleTypes.includes(parseMediaType(contentType).type);
}
