/** Limits how many conversations one operation reads at a time. */

/** As many as there are connections for reads, so that one operation cannot fill their queue. */
const maxConcurrent = 4;

interface Turns {
  free: number;
  readonly waiting: (() => void)[];
}

/** By the context of the operation. Only operations that read have an entry. */
const turnsOf = new WeakMap<object, Turns>();

/** Calls `read` when fewer than four reads of the operation run. */
export async function waitForTurn<Result>(operation: object, read: () => Promise<Result>): Promise<Result> {
  const turns = turnsOf.get(operation) ?? { free: maxConcurrent, waiting: [] };
  turnsOf.set(operation, turns);
  if (turns.free > 0) turns.free--;
  else await new Promise<void>((resolve) => turns.waiting.push(resolve));
  try {
    return await read();
  } finally {
    const next = turns.waiting.shift();
    if (next) next();
    else turns.free++;
  }
}
