/** An uploaded file that waits on disk, in a temporary file of graphql-upload-ts. */

import { once } from 'node:events';
import { fstat, unlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import { WriteStream } from 'graphql-upload-ts/fs-capacitor';
import type { FileStore, StoredFile } from './file-store.ts';
import { freeMemory } from './free-memory.ts';

/** For one write or read of the disk: each is a way to another thread and back. */
const blockBytes = 128 * 1024;

/**
 * Fills one block while another is written, so that an upload takes up three of them at most, however slow the disk is, and leaves
 * nothing to the garbage collector.
 */
export class SpooledFile implements FileStore {
  readonly #file = new WriteStream({ highWaterMark: 2 * blockBytes });
  readonly #onReady: () => void;
  #block = Buffer.allocUnsafeSlow(blockBytes);
  /** Bytes in the block. */
  #filled = 0;
  readonly #idleBlocks: Buffer<ArrayBuffer>[] = [];
  #size = 0;
  #writes = 0;
  #failure: Error | null = null;
  #onIdle: (() => void)[] = [];

  /** @param onReady - Told when there is room again after there was none. */
  constructor(onReady: () => void) {
    this.#onReady = onReady;
    // Before its first write: the library waits for the same event.
    this.#file.once('ready', () => this.#unlink());
    this.#file.on('drain', onReady);
    this.#file.on('error', (error: NodeJS.ErrnoException) => {
      // The library unlinks the file again when it closes the descriptor.
      if (error.syscall !== 'unlink') this.#fail(error);
    });
  }

  write(bytes: Buffer): boolean {
    for (let at = 0; at < bytes.length; ) {
      const length = bytes.copy(this.#block, this.#filled, at);
      at += length;
      this.#filled += length;
      if (this.#filled === blockBytes) this.#writeBlock();
    }
    this.#size += bytes.length;
    return this.#failure !== null || !this.#file.writableNeedDrain;
  }

  async finish(): Promise<StoredFile> {
    if (this.#filled > 0) this.#writeBlock();
    if (this.#failure) throw this.#failure;
    this.#file.end();
    await once(this.#file, 'finish');
    await this.#assertWhole();
    return { open: () => this.#read() };
  }

  async remove(): Promise<void> {
    // The library closes the file without waiting for its last write, which then might hit the next file that gets the same
    // descriptor.
    if (this.#writes > 0 && !this.#failure) {
      await new Promise<void>((resolve) => this.#onIdle.push(resolve));
    }
    this.#file.release();
    for (const block of [this.#block, ...this.#idleBlocks]) freeMemory(block);
  }

  /** Leaves nothing to the garbage collector either. */
  async *#read(): AsyncGenerator<Uint8Array> {
    for await (const block of this.#file.createReadStream({ highWaterMark: blockBytes })) {
      yield block;
      freeMemory(block);
    }
  }

  #writeBlock(): void {
    const block = this.#block;
    const bytes = block.subarray(0, this.#filled);
    this.#filled = 0;
    if (this.#failure) return;
    this.#block = this.#idleBlocks.pop() ?? Buffer.allocUnsafeSlow(blockBytes);
    this.#writes++;
    this.#file.write(bytes, () => {
      this.#idleBlocks.push(block);
      this.#writes--;
      if (this.#writes === 0) this.#tellIdle();
    });
  }

  /** The descriptor is enough to write and to read. A file without a name ends with the process, even if that is killed. */
  #unlink(): void {
    try {
      unlinkSync(this.#file['_path'] ?? '');
    } catch {
      // A file system that cannot unlink an open file: the library does it when the request is answered.
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#tellIdle();
    this.#onReady();
  }

  #tellIdle(): void {
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  /** On a full disk the library takes the part of a write that succeeded for all of it. */
  async #assertWhole(): Promise<void> {
    const descriptor = this.#file._fd;
    const { size } = descriptor === null ? { size: 0 } : await promisify(fstat)(descriptor);
    if (size !== this.#size) {
      throw new Error(`${size} of ${this.#size} bytes of an upload could be written to disk.`);
    }
  }
}
