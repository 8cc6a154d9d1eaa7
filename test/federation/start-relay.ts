/** A proxy between a router and the gateway of each test, which records the requests of the router, and can lose a response. */

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Relay {
  /** The URL of the subgraph for the router. */
  readonly url: string;
  /** The requests since the last `leadTo`. */
  readonly headers: readonly IncomingHttpHeaders[];
  /** Forwards all later requests to this URL. */
  leadTo(target: string): void;
  /** The proxy receives the next response, and then closes the connection of the router. */
  loseNextAnswer(): void;
  close(): void;
}

export async function startRelay(): Promise<Relay> {
  let target = '';
  let isToLose = false;
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((req, res) => {
    headers.push(req.headers);
    const { method, headers: sent } = req;
    const onward = request(target, { method, headers: sent, agent: false }, async (answer) => {
      if (isToLose) {
        isToLose = false;
        await answer.resume().toArray();
        res.destroy();
        return;
      }
      // Otherwise the router would reuse the connection for a gateway that has stopped.
      res.writeHead(answer.statusCode ?? 502, { ...answer.headers, connection: 'close' });
      answer.pipe(res);
    });
    onward.on('error', () => res.destroy());
    req.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    headers,
    leadTo(url) {
      target = url;
      headers.length = 0;
    },
    loseNextAnswer() {
      isToLose = true;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
