/** Gives memory back at once, for which a garbage collector would have to run. */

/**
 * To be called with bytes that nobody looks at any more: they are gone. Where their memory belongs to others as well, it stays as
 * it is.
 */
export function freeMemory({ buffer, byteLength }: Uint8Array): void {
  const isItsOwn = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  if (isItsOwn && byteLength > 0) buffer.transfer(0);
}
