/** Waits for a condition. */

import { vi } from 'vitest';

/**
 * Long enough for an overloaded machine, and shorter than the gateway's limit for idle clients: a condition that only that limit fulfils is
 * a fault.
 */
export const patienceMs = 10_000;

/** Resolves with the return value of `check`, which may be asynchronous, once it does not throw. */
export function until<Value>(check: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(check, { timeout: patienceMs, interval: 10 });
}
