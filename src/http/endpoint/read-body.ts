/** Reads the body of a request into memory, with limits for size and time. */

import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { AdmissionRefusal } from '../admission.ts';
import { limitBodyTime } from '../body-time-limit.ts';
import { GrowingBuffer } from '../uploads/growing-buffer.ts';

export type Body =
  | { readonly kind: 'read'; readonly text: string; readonly bytes: number }
  | { readonly kind: 'notUtf8' }
  | { readonly kind: 'tooLarge' }
  /** `fault` is a sentence for the client. */
  | { readonly kind: 'tooSlow'; readonly fault: string }
  | { readonly kind: 'refused'; readonly refusal: AdmissionRefusal }
  | { readonly kind: 'aborted' };

export interface ReadBodyOptions {
  /** The maximum size; the rest of a larger body stays unread. */
  readonly maxBytes: number;
  /** Reserves memory for further bytes, or returns why it is refused. */
  readonly reserve: (bytes: number) => AdmissionRefusal | null;
  /** Called before the body is read, unless its Content-Length is too large. */
  readonly onWanted?: () => void;
}

/** Never rejects. */
export function readBody(request: IncomingMessage, options: ReadBodyOptions): Promise<Body> {
  const { maxBytes, reserve, onWanted } = options;
  const length = Number(request.headers['content-length']);
  if (length > maxBytes) return Promise.resolve({ kind: 'tooLarge' });
  onWanted?.();
  return new Promise((resolve) => {
    const body = new GrowingBuffer();
    // A small body arrives with its headers, and needs no timer.
    const endTimeLimit =
      length <= request.readableLength
        ? () => {}
        : limitBodyTime(request, (fault) => stop({ kind: 'tooSlow', fault }));
    function stop(result: Body): void {
      endTimeLimit();
      request.off('data', onData);
      request.pause();
      resolve(result);
    }
    function onData(chunk: Buffer): void {
      const isTooLarge = body.length + chunk.length > maxBytes;
      const refusal = isTooLarge ? null : reserve(chunk.length);
      if (isTooLarge) stop({ kind: 'tooLarge' });
      else if (refusal) stop({ kind: 'refused', refusal });
      else body.append(chunk);
    }
    request.on('data', onData);
    request.on('end', () => {
      const bytes = body.bytes();
      if (isUtf8(bytes)) resolve({ kind: 'read', text: bytes.toString(), bytes: bytes.length });
      else resolve({ kind: 'notUtf8' });
    });
    request.on('close', () => resolve({ kind: 'aborted' }));
  });
}

export const maxJsonBytes = 1024 * 1024;
