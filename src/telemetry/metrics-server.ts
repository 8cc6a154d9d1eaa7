/** Serves the metrics on their own port. */

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface MetricsServerOptions {
  readonly metrics: Metrics;
  /** 0 means any free port. */
  readonly port: number;
  readonly host: string;
}

/** Rejects with Node's error, such as `EADDRINUSE`, if it cannot listen. */
export async function startMetricsServer({
  metrics,
  port,
  host,
}: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer((req, res) => {
    const [path] = (req.url ?? '').split('?');
    if (path !== '/metrics')
      return respond(
        res,
        404,
        'text/plain',
        'Metrics are at /metrics. GraphQL is on another port: PORT, 4000 by default.\n',
      );
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('allow', 'GET, HEAD');
      return respond(res, 405, 'text/plain', 'Method not allowed; use GET or HEAD.\n');
    }
    metrics.print().then(
      (text) => respond(res, 200, metrics.contentType, text),
      () => respond(res, 500, 'text/plain', 'Collecting the metrics failed.\n'),
    );
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function respond(res: ServerResponse, status: number, contentType: string, text: string): void {
  res.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' });
  res.end(text);
}
