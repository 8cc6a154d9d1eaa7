/** Text from bytes without repair: what is not UTF-8 is refused, not filled with U+FFFD. */
import { MalformedBody } from '../malformed-body.ts';

// `ignoreBOM` keeps a leading U+FEFF in the text; without it the decoder would swallow one.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Decodes UTF-8, every character kept. Throws `MalformedBody` that names `what` where it is not UTF-8. */
export function decodeUtf8(bytes: Uint8Array, what: string): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new MalformedBody(`${what} is not UTF-8.`, { cause });
  }
}
