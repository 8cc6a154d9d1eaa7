/** Tells the requests that a page of another site has made a browser send. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Browsers say it themselves, in a header that no page can set; on plain HTTP beyond this machine they do not, and
 * send the origin of what is not a GET. What has neither header is not from a browser, or is a plain GET.
 */
export function isFromOtherSite({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin';
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase();
}

/**
 * Whether a request that came over loopback asks for a host that is not sure to be this machine: a page may have
 * given its own name this machine's address (DNS rebinding), and a browser would take the answer for one of that
 * name. Names without a dot are nobody's in the public DNS.
 * Who listens for other machines has a name of some kind, of which nothing is known here.
 */
export function isRebound({ headers, socket }: IncomingMessage): boolean {
  const isLoopback = /^(?:::ffff:)?127\.|^::1$/.test(socket.localAddress ?? '');
  const name = (headers.host ?? '')
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  return isLoopback && name.includes('.') && !name.endsWith('.localhost') && isIP(name) === 0;
}
