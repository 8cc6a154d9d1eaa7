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

/** Resolves when the gateway has read what was sent to it before. The first request may be read together with it. */
export async function roundTrips(url: string): Promise<void> {
  for (const _time of [1, 2]) await (await fetch(new URL('/health', url))).text();
}
