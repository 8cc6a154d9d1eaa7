/** Reads the body of a request into memory, up to a limit. */

import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { GrowingBuffer } from './growing-buffer.ts';

export type Body =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'notUtf8' }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'aborted' };

/** Never rejects. Calls `onWanted` unless the announced length is too much already. Beyond the limit, in bytes, it stops reading and leaves the rest to the caller. */
export function readBody(request: IncomingMessage, maxBytes: number, onWanted = () => {}): Promise<Body> {
  if (Number(request.headers['content-length']) > maxBytes) return Promise.resolve({ kind: 'tooLarge' });
  onWanted();
  return new Promise((resolve) => {
    const body = new GrowingBuffer();
    function onData(chunk: Buffer): void {
      if (body.length + chunk.length <= maxBytes) body.append(chunk);
      else {
        request.off('data', onData);
        request.pause();
        resolve({ kind: 'tooLarge' });
      }
    }
    request.on('data', onData);
    request.on('end', () => {
      const bytes = body.bytes();
      resolve(isUtf8(bytes) ? { kind: 'read', text: bytes.toString() } : { kind: 'notUtf8' });
    });
    request.on('close', () => resolve({ kind: 'aborted' }));
  });
}
