/** Connects to Dashly through an HTTP proxy: nothing of a request is written before the tunnel and TLS are ready. */

// Not undici's `Client.connect`: it connects again, without end, to a proxy that closes the connection instead of answering.
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIPv4, isIPv6 } from 'node:net';
import type { buildConnector } from 'undici';

/** The proxy has not opened a tunnel. The log shows the code, such as `PROXY_407`. */
class TunnelFailed extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`The proxy has not opened a tunnel: ${code}.`);
    this.code = code;
  }
}

/**
 * @param proxy - Its user and password are sent to it alone.
 * @param connect - Establishes TLS inside of the tunnel.
 * @param timeoutMs - For the tunnel; `connect` has its own limit.
 */
export function createTunnelConnector(
  proxy: URL,
  connect: buildConnector.connector,
  timeoutMs: number,
): buildConnector.connector {
  const requestTunnel = proxy.protocol === 'https:' ? requestHttps : requestHttp;
  const credentials = basicCredentialsOf(proxy);
  const servername = serverNameOf(proxy);
  return (options, callback) => {
    const host = isIPv6(options.hostname) ? `[${options.hostname}]` : options.hostname;
    const path = `${host}:${options.port || 443}`;
    const headers = { host: path, ...(credentials && { 'proxy-authorization': credentials }) };
    // Without an agent, since the socket belongs to the tunnel.
    const tunnel = requestTunnel(proxy.origin, {
      method: 'CONNECT',
      path,
      headers,
      servername,
      agent: false,
    });
    // Not `setTimeout` of the request, which starts again with each byte.
    const timer = setTimeout(() => tunnel.destroy(new TunnelFailed('PROXY_TIMEOUT')), timeoutMs);
    tunnel.once('close', () => clearTimeout(timer));
    tunnel.once('error', (error) => callback(error, null));
    tunnel.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) return connect({ ...options, httpSocket: socket }, callback);
      socket.destroy();
      callback(new TunnelFailed(`PROXY_${statusCode}`), null);
    });
    tunnel.end();
  };
}

/** Null if the URL has no user. */
function basicCredentialsOf({ username, password }: URL): string | null {
  if (username === '') return null;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/**
 * The name in the certificate of a proxy with TLS; empty for an IP address. Node would expect that of the header `host`, which
 * is Dashly's.
 */
function serverNameOf({ hostname }: URL): string {
  return isIPv4(hostname) || hostname.startsWith('[') ? '' : hostname;
}
