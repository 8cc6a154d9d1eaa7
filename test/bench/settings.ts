/** How long everything takes, and how often it is done: the one place to change it. */

export const settings = {
  /** Each server is started anew in every round. */
  rounds: 5,
  /** Of load that counts, for a cell of the table. Whole seconds. */
  seconds: 2,
  /**
   * Loads on a server that has just started: until all is compiled that will be. One long load is not enough: when connections
   * first end within a request, and when another client first asks, V8 throws away much of what it had compiled.
   */
  warmUp: { loads: 3, seconds: 3 },
  /** Loads before each cell whose operation is another than the one before. */
  change: { loads: 2, seconds: 1 },
  /** How often the gateway's start is timed. */
  starts: 5,
  /** After how many requests the gateway's memory is measured last. */
  memoryRequests: 1_000_000,
  /** After how many more requests it is measured each time. */
  memoryStep: 100_000,
  /** A server that does not listen by then, or a stub that does not answer, is given up. In milliseconds. */
  patienceMs: 30_000,
} as const;

/** Connections that each server's pool may have to the upstream, as many as the gateway's default. */
export const upstreamConnections = 64;
