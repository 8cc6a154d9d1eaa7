/** Encodes a form, with or without a file, as the body of a request. */

import type { OutgoingFile } from '../conversation/attachment.ts';
import { replyResponseMaxBytes } from '../conversation/reply-limits.ts';
import type { Connection } from './connections/connection.ts';
import { encodeMultipart } from './encode-multipart.ts';
import { encodeUrlencoded, type FormFields } from './encode-urlencoded.ts';

export interface EncodedBody {
  readonly contentType: string;
  /** In bytes. */
  readonly contentLength: number;
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  /** Whether Dashly may reject it before it is sent completely: the connection cannot be used again then. */
  readonly isLarge: boolean;
  /** A longer response is not read. */
  readonly maxResponseBytes: number;
}

/** The buffers of a connection hold that much, so the request is sent completely before the response. */
const largeBytes = 64 * 1024;

const encoder = new TextEncoder();

export function encodeBody(
  form: FormFields,
  file: OutgoingFile | null,
  connection: Pick<Connection, 'flush'>,
): EncodedBody {
  // The response repeats the fields, but not the file.
  const maxResponseBytes = replyResponseMaxBytes(form.reduce((sum, field) => sum + byteLengthOf(field), 0));
  if (!file) {
    // Not a Buffer: undici keeps some finished requests in memory, each with the pool of 8 KiB that small Buffers share.
    const body = encoder.encode(encodeUrlencoded(form));
    return {
      contentType: 'application/x-www-form-urlencoded',
      contentLength: body.length,
      body,
      isLarge: body.length > largeBytes,
      maxResponseBytes,
    };
  }
  const { contentType, contentLength, body } = encodeMultipart(form, file, connection);
  return {
    contentType,
    contentLength,
    body,
    isLarge: contentLength > largeBytes,
    maxResponseBytes,
  };
}

function byteLengthOf([name, value]: FormFields[number]): number {
  return Buffer.byteLength(name) + Buffer.byteLength(value);
}
