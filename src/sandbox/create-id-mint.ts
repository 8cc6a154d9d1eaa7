/** Fresh ids, each of which shows when a client has read it as a double. */

/**
 * A function that gives a new id each time, in digits: of 61 bits, increasing, never twice (not across
 * restarts either), and always odd, where doubles of that size are multiples of 256.
 */
export function createIdMint(now: number = Date.now()): () => string {
  let last = (BigInt(now) << 20n) | 1n;
  return () => {
    last += 2n;
    return last.toString();
  };
}
