/** Reads on and throws away what is left of a request's body, so that its connection stays usable. */

import type { IncomingMessage } from 'node:http';
import { limitBodyTime } from './body-time-limit.ts';

/** Beyond so many bytes a connection is not worth it. */
const maxBytes = 64 * 1024 * 1024;

/** Replaces the reader of the request. Closes the connection if the rest is large or slow. */
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
