/** Listens, and stops listening gently. */

import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Listening {
  readonly port: number;
  /** Takes no new connections, ends idle ones, and resolves when all requests in flight are answered. */
  stop(): Promise<void>;
}

/** What is known of a connection. */
interface Connection {
  /** Node counts a connection as idle only after a first request; browsers open some that never ask anything. */
  isUnused: boolean;
  /** By connection, rather than all in one Set, for the reason that `InFlight` has. */
  readonly unanswered: ServerResponse[];
}

/** Rejects with Node's own error (`EADDRINUSE`, for one) where it cannot listen. */
export async function listen(listener: RequestListener, port: number, host: string): Promise<Listening> {
  // Time for a large file over a slow line; headers alone take no time.
  const server = createServer({ requestTimeout: 300_000, headersTimeout: 30_000 });
  const connections = new Map<Socket, Connection>();
  let isStopping = false;

  server.on('connection', (socket) => {
    connections.set(socket, { isUnused: true, unanswered: [] });
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (request, response) => {
    const connection = connections.get(request.socket);
    if (connection) {
      connection.isUnused = false;
      connection.unanswered.push(response);
    }
    response.once('close', () => {
      connection?.unanswered.splice(connection.unanswered.indexOf(response), 1);
      if (isStopping) setImmediate(() => server.closeIdleConnections());
    });
    if (isStopping) endConnectionAfter(response);
  });
  server.on('request', listener);
  // A body is asked for by whoever wants it, which a refusal does not.
  server.on('checkContinue', (request, response) => server.emit('request', request, response));
  server.listen(port, host);
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      isStopping = true;
      const closed = once(server, 'close');
      server.close();
      for (const [socket, { isUnused, unanswered }] of connections) {
        for (const response of unanswered) endConnectionAfter(response);
        if (isUnused) socket.destroy();
      }
      await closed;
    },
  };
}

function endConnectionAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
