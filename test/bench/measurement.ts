/** The figures of one server in one case and one round. */

/** In the order of the table's columns; null where there is no process to look at. */
export interface Measurement {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of all threads of the server. */
  readonly cpuSecondsPer1000: number | null;
  /** Resident set, of the server. */
  readonly peakMegabytes: number | null;
  /** How much of its core the server was on. */
  readonly cpuShare: number | null;
}

/** The figures that are compared with the baseline's. */
export const metrics = ['requestsPerSecond', 'p50Ms', 'p99Ms', 'cpuSecondsPer1000', 'peakMegabytes'] as const;

export type Metric = (typeof metrics)[number];

/** A measurement with what it is of. */
export interface MeasuredCell {
  readonly case: string;
  readonly server: string;
  readonly round: number;
  readonly measurement: Measurement;
}
