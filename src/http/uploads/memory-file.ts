/** An uploaded file that stays in memory. */

import type { FileStore, StoredFile } from './file-store.ts';
import { freeMemory } from './free-memory.ts';

export class MemoryFile implements FileStore {
  readonly #bytes: Buffer;
  #length = 0;
  /** By how many it was read and not put aside yet. */
  #readers = 0;

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
    return { open: () => this.#read() };
  }

  async remove(): Promise<void> {
    if (this.#readers === 0) freeMemory(this.#bytes);
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    this.#readers++;
    yield this.#bytes.subarray(0, this.#length);
    // Who stops in the middle never gets here, and may still be using it.
    this.#readers--;
  }
}
