/** What is read from headers that only a trusted proxy may set: the id of a request, and the address of its client. */

import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

export interface TrustedProxies {
  /** The `x-request-id` of a trusted proxy; null if there is none, or an invalid one. */
  requestId(req: IncomingMessage): string | null;
  /** The address of the client; without trusted proxies, that of the connection. */
  clientAddress(req: IncomingMessage): string;
}

/** The ids of nginx, Envoy, HAProxy and the clouds: UUIDs, hex, base64, and `Root=1-…` of AWS. */
const idPattern = /^[\w.:;=+/@-]{1,128}$/;

/** `addresses` are IP addresses and networks such as `10.0.0.0/8`. */
export function createTrustedProxies(addresses: readonly string[]): TrustedProxies {
  if (addresses.length === 0) return { requestId: () => null, clientAddress: peerOf };
  const trusted = new BlockList();
  for (const address of addresses) {
    const [network = '', bits] = address.split('/');
    const family = familyOf(network);
    if (bits === undefined) trusted.addAddress(network, family);
    else trusted.addSubnet(network, Number(bits), family);
  }
  // It also matches an IPv4 address in IPv6, such as ::ffff:10.0.0.1.
  const isTrusted = (address: string) => isIP(address) !== 0 && trusted.check(address, familyOf(address));

  return {
    requestId(req) {
      const id = req.headers['x-request-id'];
      return typeof id === 'string' && idPattern.test(id) && isTrusted(peerOf(req)) ? id : null;
    },
    clientAddress(req) {
      const peer = peerOf(req);
      const { 'x-forwarded-for': forwarded = '' } = req.headers;
      if (!isTrusted(peer)) return peer;
      const hops = String(forwarded)
        .split(',')
        .map((hop) => hop.trim());
      // Each proxy appends the address of its peer, so only the entries after the last untrusted address can be trusted.
      const client = hops.findLast((hop) => !isTrusted(hop)) ?? hops[0] ?? '';
      // The zone of an address, as in fe80::1%eth0, has no limit of length.
      return isIP(client) === 0 || client.includes('%') ? peer : client;
    },
  };
}

function peerOf({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? 'unknown';
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
