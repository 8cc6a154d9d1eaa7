/** Chooses the way to a server: directly, or through the proxy of HTTPS_PROXY. */

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
  const [, name = exception, onlyPort] = /^(.*[^:]):(\d+)$/.exec(exception) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const host = name.replace(/^\*?\./, '');
  return hostname === host || hostname.endsWith(`.${host}`);
}
