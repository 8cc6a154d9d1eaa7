/** Serves the metrics on a port of their own. */

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './create-metrics.ts';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface MetricsServerOptions {
  readonly metrics: Metrics;
  /** 0 takes any that is free. */
  readonly port: number;
  readonly host: string;
}

/** Rejects with Node's own error (`EADDRINUSE`, for one) where it cannot listen. */
export async function startMetrics({ metrics, port, host }: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer((req, res) => {
    const [path] = (req.url ?? '').split('?');
    if (path !== '/metrics')
      return answer(
        res,
        404,
        'text/plain',
        'Metrics are at /metrics. GraphQL is on another port: PORT, 4000 unless it is set.\n',
      );
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('allow', 'GET, HEAD');
      return answer(res, 405, 'text/plain', 'Metrics are there to be read.\n');
    }
    metrics.print().then(
      (text) => answer(res, 200, metrics.contentType, text),
      () => answer(res, 500, 'text/plain', 'The metrics could not be collected.\n'),
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

function answer(res: ServerResponse, status: number, contentType: string, text: string): void {
  res.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' });
  res.end(text);
}
