/** The figures of one server in one case and one round. */

/** In the order of the table's columns; null if there is no process to measure. */
export interface Measurement {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of all threads of the server. */
  readonly cpuSecondsPer1000: number | null;
  /** Resident set of the server. */
  readonly peakMegabytes: number | null;
  /** How much of its core the server used. */
  readonly cpuShare: number | null;
}

/** The figures that are compared with those of the baseline. */
export const metrics = ['requestsPerSecond', 'p50Ms', 'p99Ms', 'cpuSecondsPer1000', 'peakMegabytes'] as const;

export type Metric = (typeof metrics)[number];

/** A measurement with its case, server and round. */
export interface MeasuredCell {
  readonly case: string;
  readonly server: string;
  readonly round: number;
  readonly measurement: Measurement;
}
