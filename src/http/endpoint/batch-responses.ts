/** The end of the event loop's turn: when all that had come in by its beginning has been dealt with. */

let current: Promise<void> | null = null;

/**
 * Resolves at the end of this turn, for all who wait for it one right after the other.
 *
 * So answers of one turn leave together. One by one, with the work for the next in between, each finds its reader asleep, or
 * another process on its core, and waking it up is most of what a write to it costs.
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
