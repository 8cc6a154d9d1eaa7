/** Limits how many conversations one operation reads at a time. */

import { maxConcurrentReads } from '../../conversation/reading/read-parts.ts';

interface Turns {
  free: number;
  readonly waiting: (() => void)[];
}

/** By the context of the operation. Only operations that read have an entry. */
const turnsOf = new WeakMap<object, Turns>();

/** Calls `read` when fewer than `maxConcurrentReads` of the operation run. */
export async function waitForTurn<Result>(operation: object, read: () => Promise<Result>): Promise<Result> {
  const turns = turnsOf.get(operation) ?? { free: maxConcurrentReads, waiting: [] };
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
