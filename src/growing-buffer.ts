/** Collects chunks of any size. */

/**
 * Copies the chunks into one buffer that doubles when it is full. A list of chunks would keep the whole network buffer behind each
 * chunk: a body sent byte by byte would use thousands of times its size.
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
      this.#bytes = chunk; // Most bodies have one chunk: no copy.
    } else {
      // The first chunk is full, so it is replaced before anything is written.
      if (length > this.#bytes.length) this.#grow(length);
      chunk.copy(this.#bytes, this.#length);
    }
    this.#length = length;
  }

  /** The collected bytes; valid until the next `append`. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(length: number): void {
    const bytes = Buffer.allocUnsafeSlow(2 * length);
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }
}
