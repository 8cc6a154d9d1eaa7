/** Identifies servers by API keys. The gateway stores only the SHA-256 of each key. */

import { createHash, timingSafeEqual } from 'node:crypto';

export class ApiKeys {
  readonly #hashes: readonly Buffer[];

  /** @param hashes - SHA-256 in hex. */
  constructor(hashes: readonly string[]) {
    this.#hashes = hashes.map((hash) => Buffer.from(hash, 'hex'));
  }

  /** Returns the hash of a known key in hex, or null. The time does not depend on which key matches. */
  identify(key: string): string | null {
    if (key === '') return null;
    // The bytes as received: Node decodes headers as Latin-1.
    const hash = createHash('sha256').update(key, 'latin1').digest();
    let isKnown = false;
    for (const known of this.#hashes) isKnown = timingSafeEqual(known, hash) || isKnown;
    return isKnown ? hash.toString('hex') : null;
  }
}
