/** All durations and repetitions of the benchmark. */

export const settings = {
  /** Each server is restarted in every round. */
  rounds: 5,
  /** Duration of the measured load, for a cell of the table. Whole seconds. */
  seconds: 2,
  /**
   * Loads after the start of a server, until V8 has compiled its code. One long load is not enough: when connections first end within a
   * request, and when another client first connects, V8 discards much of the compiled code. The gateway writes its log a hundred times a
   * second, and V8 compiles a function after 1,000 calls: that is after ten seconds.
   */
  warmUp: { loads: 5, seconds: 3 },
  /** Loads before each cell whose operation differs from the previous one. */
  change: { loads: 2, seconds: 1 },
  /** How often the gateway's start is measured. */
  starts: 5,
  /** The number of requests before the last measurement of the gateway's memory. */
  memoryRequests: 1_000_000,
  /** The number of requests between two such measurements. */
  memoryStep: 100_000,
  /** The time limit for a server to listen, or for a stub to respond. In milliseconds. */
  patienceMs: 30_000,
} as const;

/** Connections that each server may open to the upstream: the gateway's default. */
export const upstreamConnections = 64;
