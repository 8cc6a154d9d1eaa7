/** Reads on and throws away what is left of a request's body, so that its connection stays usable. */

import type { IncomingMessage } from 'node:http';

/** Beyond so many bytes a connection is not worth it. */
const maxBytes = 64 * 1024 * 1024;

/** Takes the request from whoever read it so far; closes the connection where the rest is large. */
export function discardRest(request: IncomingMessage): void {
  let bytes = 0;
  request.unpipe();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) request.destroy();
  });
  request.resume();
}
