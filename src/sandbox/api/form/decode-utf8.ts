/** Decodes UTF-8 strictly: invalid bytes are an error, not U+FFFD. */

/** A request body that does not match its content type; the message is a sentence for `error_message`. */
export class MalformedBody extends Error {
  override name = 'MalformedBody';
}

// `ignoreBOM` keeps a leading U+FEFF in the text; without it the decoder drops it.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws `MalformedBody` that names `what` if the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array, what: string): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new MalformedBody(`${what} is not UTF-8.`, { cause });
  }
}
