/** Blocks the event loop, as an overloaded machine would. */

/** In milliseconds; other threads and processes continue. */
export function blockEventLoop(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
