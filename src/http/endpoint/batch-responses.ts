/** Delays responses to the end of the current turn of the event loop, so that they are written together. */

let current: Promise<void> | null = null;

/**
 * Resolves at the end of the current turn, for all callers of that turn.
 *
 * If each response were written separately, with other work in between, its reader would be asleep or another process would run on
 * its core; waking the reader is most of the cost of a write.
 */
export function batchResponses(): Promise<void> {
  current ??= new Promise((resolve) => {
    setImmediate(() => {
      current = null;
      resolve();
    });
  });
  return current;
}
