/** Turns the bytes of an answer into its text. */

import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** Skips a byte order mark, and throws on anything that is not UTF-8. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** No coding is asked for, but a proxy may use one all the same. */
const decompress = new Map([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
]);

/**
 * Null where the bytes are not the whole of a text: cut off, in an unknown coding, not UTF-8, or longer than `maxBytes`.
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

/** @throws where the coding is unknown, or the bytes are not in it. */
function decode(bytes: Buffer, coding: string, maxBytes: number): Buffer {
  if (coding === '' || coding === 'identity') return bytes;
  const decoder = decompress.get(coding);
  if (!decoder) throw new Error('Unknown content coding.');
  return decoder(bytes, { maxOutputLength: maxBytes });
}
