/** A port that nobody listens on, for a process that cannot pick one itself. */

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Linux gives out ports from 32768 on to whoever asks for any, other systems from 49152 on: one from below is still free when a slow
 * process gets to it.
 */
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
