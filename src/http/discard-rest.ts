/** Reads and discards the rest of a request body, so that the connection can be reused. */

import type { IncomingMessage } from 'node:http';
import { limitBodyTime } from './body-time-limit.ts';

/** If the rest is larger, a new connection is cheaper. */
const maxBytes = 64 * 1024 * 1024;

/** Replaces the current reader of the body. Closes the connection if the rest is too large or too slow. */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return void request.resume();
  let bytes = 0;
  request.unpipe();
  limitBodyTime(request, () => request.destroy());
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) request.destroy();
  });
  request.resume();
}
