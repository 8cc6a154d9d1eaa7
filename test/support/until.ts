/** Waits for what is sure to come, though nobody knows when. */

import { vi } from 'vitest';

/**
 * Enough for a machine that is very busy, and less than the gateway gives those who fall silent: what only their time limit sets free is a
 * fault.
 */
export const patienceMs = 10_000;

/** Resolves once `check` passes, with what it returns; it may be asynchronous. */
export function until<Value>(check: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(check, { timeout: patienceMs, interval: 10 });
}
