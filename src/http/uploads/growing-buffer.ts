/** Collects the chunks of something that comes in pieces of any size. */

/**
 * Copies into one buffer that doubles as it fills. A list of chunks would hold on to the whole network buffer that each
 * of them is a view of: a body sent byte by byte would take thousands of times its size.
 */
export class GrowingBuffer {
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(chunk: Buffer): void {
    const length = this.#length + chunk.length;
    if (this.#length === 0) {
      this.#bytes = chunk; // Most come in one piece, which need not be copied.
    } else {
      // A first chunk that was not copied has no room left, so it is never written to.
      if (length > this.#bytes.length) this.#grow(length);
      chunk.copy(this.#bytes, this.#length);
    }
    this.#length = length;
  }

  /** What was collected; not to be used after a further `append`. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(length: number): void {
    const bytes = Buffer.allocUnsafeSlow(2 * length);
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }
}
