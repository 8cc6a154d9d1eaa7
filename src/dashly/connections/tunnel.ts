/** Connects to Dashly through an HTTP proxy: nothing of a request is written before the tunnel and TLS are ready. */

// Not undici's `Client.connect`: it connects again, without end, to a proxy that closes the connection instead of answering.
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
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
 */
export function createTunnelConnector(
  proxy: URL,
  connect: buildConnector.connector,
  timeoutMs: number,
): buildConnector.connector {
  const requestTunnel = proxy.protocol === 'https:' ? requestHttps : requestHttp;
  const credentials = basicCredentialsOf(proxy);
  return (options, callback) => {
    const path = `${options.hostname}:${options.port || 443}`;
    const headers = { host: path, ...(credentials && { 'proxy-authorization': credentials }) };
    // Without an agent, since the socket belongs to the tunnel.
    const tunnel = requestTunnel(proxy.origin, { method: 'CONNECT', path, headers, agent: false });
    tunnel.setTimeout(timeoutMs, () => tunnel.destroy(new TunnelFailed('PROXY_TIMEOUT')));
    tunnel.once('error', (error) => callback(error, null));
    tunnel.once('connect', ({ statusCode }, socket) => {
      socket.setTimeout(0);
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
