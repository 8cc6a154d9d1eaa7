/** Detects requests that a page of another site makes a browser send. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Browsers send `Sec-Fetch-Site`, which no page can set. Over plain HTTP to another machine they do not, but they
 * send `Origin` with everything except GET and HEAD. Without both headers this is a plain GET, or not a browser.
 */
export function isCrossSite({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin';
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase();
}

/**
 * Whether this may be DNS rebinding: a site that points its own name to 127.0.0.1, so that a browser lets its pages
 * read the response. Checked on loopback only, since other interfaces may have any name. Names without a
 * dot are safe: the public DNS has none.
 */
export function isDnsRebinding({ headers, socket }: IncomingMessage): boolean {
  const isLoopback = /^(?:::ffff:)?127\.|^::1$/.test(socket.localAddress ?? '');
  const name = (headers.host ?? '')
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  return isLoopback && name.includes('.') && !name.endsWith('.localhost') && isIP(name) === 0;
}
