/** An uploaded file that stays in memory. */

import { Readable } from 'node:stream';
import type { FileStore, StoredFile } from './file-store.ts';

export class MemoryFile implements FileStore {
  readonly #bytes: Buffer;
  #length = 0;

  /** @param maxBytes - More will not come. */
  constructor(maxBytes: number) {
    // What is never written to takes up no memory, as a rule.
    this.#bytes = Buffer.allocUnsafeSlow(maxBytes);
  }

  write(bytes: Buffer): boolean {
    this.#length += bytes.copy(this.#bytes, this.#length);
    return true;
  }

  async finish(): Promise<StoredFile> {
    const bytes = this.#bytes.subarray(0, this.#length);
    return { bytes, open: () => Readable.from([bytes]) };
  }

  async remove(): Promise<void> {}
}
