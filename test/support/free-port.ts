/** Finds a free port for a process that cannot pick one itself. */

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Linux assigns ephemeral ports from 32768 on, other systems from 49152 on. A lower port is still free when a slow process binds it. */
const range = [20_000, 32_768] as const;

export async function freePort(): Promise<number> {
  while (true) {
    const port = randomInt(...range);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE') return false;
        throw error;
      },
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
