/** Reads the body of a request into memory, up to a limit. */

import type { IncomingMessage } from 'node:http';

export type Body =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'aborted' };

/** Never rejects. Beyond the limit it stops reading, and leaves the rest to the caller. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  if (Number(request.headers['content-length']) > maxBytes) return Promise.resolve({ kind: 'tooLarge' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    function onData(chunk: Buffer): void {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= maxBytes) return;
      request.off('data', onData);
      request.pause();
      resolve({ kind: 'tooLarge' });
    }
    request.on('data', onData);
    request.on('end', () => {
      const [first, ...others] = chunks;
      const body = first && others.length === 0 ? first : Buffer.concat(chunks);
      resolve({ kind: 'read', text: body.toString() });
    });
    request.on('close', () => resolve({ kind: 'aborted' }));
  });
}
