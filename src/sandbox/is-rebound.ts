/** Notices a page of another site that has given its own name this machine's address (DNS rebinding). */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Whether a request that came over loopback asks for a host that is not sure to be this machine: a browser
 * would take the answer for one of that host. Names without a dot are nobody's in the public DNS.
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
