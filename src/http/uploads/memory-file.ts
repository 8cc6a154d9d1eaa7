/** Stores an uploaded file in memory. */

import type { FileStore, StoredFile } from './file-store.ts';
import { freeMemory } from './free-memory.ts';

export class MemoryFile implements FileStore {
  readonly #bytes: Buffer;
  #length = 0;
  /** Readers that have not finished. */
  #readers = 0;

  /** @param maxBytes - No more bytes than this are written. */
  constructor(maxBytes: number) {
    // The operating system usually allocates pages only when they are written.
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
    // A reader that stops early does not get here and may still use the bytes, so they are not freed.
    this.#readers--;
  }
}
