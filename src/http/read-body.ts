/** Reads the body of a request into memory, up to a limit. */

import type { IncomingMessage } from 'node:http';

export type Body =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'aborted' };

/** Never rejects. Beyond the limit the rest is not read; the caller answers and closes the connection. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  if (Number(request.headers['content-length']) > maxBytes) return Promise.resolve({ kind: 'tooLarge' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        request.pause();
        resolve({ kind: 'tooLarge' });
      } else chunks.push(chunk);
    });
    request.on('end', () => {
      const [first, ...others] = chunks;
      const body = first && others.length === 0 ? first : Buffer.concat(chunks);
      resolve({ kind: 'read', text: body.toString() });
    });
    request.on('close', () => resolve({ kind: 'aborted' }));
  });
}
