/** Chooses the way to a server: directly, or through the proxy of HTTPS_PROXY. */

import { isIPv6 } from 'node:net';

export interface ProxySettings {
  readonly HTTPS_PROXY: URL | null;
  readonly NO_PROXY: readonly string[];
}

/** Null for a direct connection. */
export function chooseProxy(
  { HTTPS_PROXY: proxy, NO_PROXY: exceptions }: ProxySettings,
  url: URL,
): URL | null {
  if (proxy === null || url.protocol !== 'https:') return null;
  const port = url.port || '443';
  return exceptions.some((exception) => matches(exception.toLowerCase(), url.hostname, port)) ? null : proxy;
}

/** `*`, a host with all of its subdomains (`example.com` or `.example.com`), or either with a port. */
function matches(exception: string, hostname: string, port: string): boolean {
  if (exception === '*') return true;
  // Without brackets, the end of an IPv6 address may look like a port.
  const withPort = isIPv6(exception) ? null : /^(.*[^:]):(\d+)$/.exec(exception);
  const [, name = exception, onlyPort] = withPort ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const address = name.replace(/^\[(.*)\]$/, '$1');
  if (isIPv6(address)) return URL.parse(`https://[${address}]`)?.hostname === hostname;
  const host = name.replace(/^\*?\./, '');
  return hostname === host || hostname.endsWith(`.${host}`);
}
