/**
 * Frees memory immediately, without waiting for the garbage collector.
 *
 * Without it, uploads of 100 kB have 0.35 of the throughput, and uploads of 10 MB 0.50.
 */

/**
 * Detaches the memory of `bytes`, which are empty afterwards. Does nothing if they share their memory with other buffers.
 */
export function freeMemory({ buffer, byteLength }: Uint8Array): void {
  const isItsOwn = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  if (isItsOwn && byteLength > 0) buffer.transfer(0);
}
