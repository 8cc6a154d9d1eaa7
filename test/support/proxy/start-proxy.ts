/** A TCP proxy in front of any server, which observes the bytes and can fail at any point. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** The direction of bytes: from the client to the server, or back. */
export type Way = 'there' | 'back';

export interface ProxiedConnection {
  /** The connection from the client. */
  readonly client: Socket;
  readonly server: Socket;
  /** How many bytes have passed in this direction before the current chunk. */
  readonly bytes: Record<Way, number>;
}

/** Called with each chunk; its return value is forwarded instead. */
export type OnBytes = (chunk: Buffer, way: Way, connection: ProxiedConnection) => Buffer;

export interface Proxy {
  readonly port: number;
  /** How many connections were opened so far. */
  readonly connections: () => number;
}

/** Stops at the end of the test. A target that is a function is called for each connection, so the target may move. */
export async function startProxy(target: number | (() => number), onBytes: OnBytes): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const proxy = createServer((client) => {
    connections++;
    const server = connect(typeof target === 'number' ? target : target(), '127.0.0.1');
    const connection: ProxiedConnection = { client, server, bytes: { there: 0, back: 0 } };
    const pass = (from: Socket, to: Socket, way: Way): void => {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('error', () => {});
      from.on('data', (chunk) => {
        const passed = onBytes(chunk, way, connection);
        connection.bytes[way] += chunk.length;
        if (!to.destroyed) to.write(passed);
      });
      from.on('end', () => to.end());
      from.on('close', () => {
        sockets.delete(from);
        to.destroySoon();
      });
    };
    pass(client, server, 'there');
    pass(server, client, 'back');
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return { port: (proxy.address() as AddressInfo).port, connections: () => connections };
}
