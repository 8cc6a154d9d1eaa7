/** Decodes the bytes of a response into text. */

import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** Skips a byte order mark, and throws if the bytes are not UTF-8. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Requests ask for no coding, but a proxy may use one anyway. */
const decompress = new Map([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
]);

/**
 * Null if the bytes are not a complete text: truncated, in an unknown coding, not UTF-8, or longer than `maxBytes`.
 *
 * @param coding - The header `Content-Encoding`; null for none.
 */
export function decodeText(bytes: Buffer, coding: string | null, maxBytes: number): string | null {
  try {
    return utf8.decode(decode(bytes, coding?.trim().toLowerCase() ?? '', maxBytes));
  } catch {
    return null;
  }
}

/** @throws if the coding is unknown, or the bytes do not match it. */
function decode(bytes: Buffer, coding: string, maxBytes: number): Buffer {
  if (coding === '' || coding === 'identity') return bytes;
  const decoder = decompress.get(coding);
  if (!decoder) throw new Error('Unknown content coding.');
  return decoder(bytes, { maxOutputLength: maxBytes });
}
