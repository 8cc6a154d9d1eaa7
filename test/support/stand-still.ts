/** Stops the whole process for a while, as a busy machine would. */

/** In milliseconds; other threads and processes go on. */
export function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
