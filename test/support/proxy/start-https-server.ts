/** Starts an HTTPS server for `localhost` with a certificate of its own. */

import { once } from 'node:events';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { onTestFinished } from 'vitest';
import { makeCertificate } from './make-certificate.ts';

export interface HttpsServer {
  readonly host: string;
  readonly url: string;
  /** The certificate, in PEM. */
  readonly cert: string;
  /** The headers of each request. */
  readonly requests: readonly IncomingHttpHeaders[];
}

/** Stops at the end of the test. */
export async function startHttpsServer(listener: RequestListener): Promise<HttpsServer> {
  const { cert, key } = makeCertificate('localhost');
  const requests: IncomingHttpHeaders[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    requests.push(request.headers);
    listener(request, response);
  });
  // Failed handshakes are expected.
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  return { host, url: `https://${host}`, cert, requests };
}

/** This process trusts the certificate until the end of the test. */
export function trust(cert: string): void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, cert]);
  onTestFinished(() => setDefaultCACertificates(before));
}
