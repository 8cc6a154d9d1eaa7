/** The API keys of callers that are servers; the gateway knows no more of them than their SHA-256. */

import { createHash, timingSafeEqual } from 'node:crypto';

export class ApiKeys {
  readonly #hashes: readonly Buffer[];

  /** Takes SHA-256 in hex. */
  constructor(hashes: readonly string[]) {
    this.#hashes = hashes.map((hash) => Buffer.from(hash, 'hex'));
  }

  /** The hash of a key that is known, in hex; or null. Takes the same time whichever key it is. */
  identify(key: string): string | null {
    if (key === '') return null;
    // As the bytes that came: Node reads a header as Latin-1.
    const hash = createHash('sha256').update(key, 'latin1').digest();
    let isKnown = false;
    for (const known of this.#hashes) isKnown = timingSafeEqual(known, hash) || isKnown;
    return isKnown ? hash.toString('hex') : null;
  }
}
