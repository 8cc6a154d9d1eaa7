/** The log, the metrics and the traces of a gateway. */

import type { ObserveLookUp } from '../conversation/recovery/recover-reply.ts';
import type { ObserveUndocumented } from '../conversation/undocumented.ts';
import { createLog, type LineStream, type Log, type LogLevel } from './log.ts';
import type { Gauges, Metrics, ReadResult } from './metrics.ts';
import { type MetricsServer, startMetricsServer } from './metrics-server.ts';
import { type OperationReport, shortIdOf } from './report.ts';
import { readTraceparent } from './trace-context.ts';
import type { Traces } from './traces.ts';

export interface TelemetryOptions {
  /** The log of the process, which outlives the gateway; undefined for a log of its own. */
  readonly log?: Log | undefined;
  /** Receives the lines of the gateway's own log; null for stdout. */
  readonly logStream?: LineStream | null;
  /** Receives unexpected errors instead of the log; must not throw. */
  readonly logError?: ((message: string, error: unknown) => void) | undefined;
  /** The lowest level that is logged. */
  readonly logLevel?: LogLevel;
  /** Null for no metrics; 0 means any free port. */
  readonly metricsPort: number | null;
  /** The address to serve the metrics on. */
  readonly host: string;
  /** Base URL of an OpenTelemetry collector; null for no traces. */
  readonly otlpEndpoint: URL | null;
  /** Called for each scrape of the metrics. */
  readonly gauges: () => Gauges;
}

export interface Telemetry {
  /** Does not throw; takes a few microseconds. */
  readonly observe: (report: OperationReport) => void;
  readonly logError: (message: string, error: unknown) => void;
  readonly logWarning: Log['logWarning'];
  readonly logInfo: Log['logInfo'];
  readonly logRefusal: Log['logRefusal'];
  readonly observeLookUp: ObserveLookUp;
  /** Counts a read by its result. Reads are not logged, and have no spans. */
  readonly countRead: (result: ReadResult) => void;
  /** Counts each value, and logs each field once. */
  readonly observeUndocumented: ObserveUndocumented;
  /** Call before the gateway accepts requests. Resolves to the port of the metrics; rejects with Node's error if it cannot listen. */
  start(): Promise<number | null>;
  /** Call after the gateway has stopped. Resolves when the log is written and the spans are sent. */
  stop(): Promise<void>;
}

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { logStream = null, logLevel = 'info', metricsPort, host, otlpEndpoint, gauges } = options;
  const log = options.log ?? createLog({ stream: logStream, level: logLevel });
  let metrics: Metrics | null = null;
  let traces: Traces | null = null;
  let server: MetricsServer | null = null;

  function logError(message: string, error: unknown): void {
    metrics?.countError();
    if (options.logError) options.logError(message, error);
    else log.logError(message, error);
  }

  const countUndocumented: ObserveUndocumented = (...found) => metrics?.countUndocumented(...found);

  return {
    observe(report) {
      const traceId = traces?.observe(report) ?? readTraceparent(report.traceparent)?.traceId;
      log.observe(report, traceId);
      metrics?.observe(report);
    },
    logError,
    logWarning: log.logWarning,
    logInfo: log.logInfo,
    logRefusal: log.logRefusal,
    observeLookUp: (result, lagSeconds) => metrics?.observeLookUp(result, lagSeconds),
    countRead: (result) => metrics?.countRead(result),
    observeUndocumented: createObserveUndocumented(countUndocumented, log.logWarning),
    async start() {
      // Both are large, and many gateways use neither: load them on demand.
      if (otlpEndpoint) {
        const { createTraces } = await import('./traces.ts');
        const onOutage = (error: unknown) =>
          logError('OTEL_EXPORTER_OTLP_ENDPOINT is unreachable; traces are lost.', error);
        traces = createTraces({ endpoint: otlpEndpoint, onOutage });
      }
      if (metricsPort === null) return null;
      const { createMetrics } = await import('./metrics.ts');
      metrics = createMetrics(gauges);
      server = await startMetricsServer({ metrics, port: metricsPort, host });
      return server.port;
    },
    async stop() {
      await traces?.close().catch(() => {});
      await server?.close();
      if (!options.log) await log.close();
    },
  };
}

/**
 * `count` gets every value that Dashly sends and its API does not document. `logWarning` is called once for each field of a kind, which
 * are a fixed list.
 */
function createObserveUndocumented(
  count: ObserveUndocumented,
  logWarning: (message: string) => void,
): ObserveUndocumented {
  const logged = new Set<string>();
  return (...found) => {
    count(...found);
    const [kind, field, conversationId] = found;
    const message =
      kind === 'unknownValue'
        ? `Dashly sends a value of "${field}" that is not in the schema.`
        : `Dashly sends "${field}" in another shape than its API documents.`;
    if (logged.has(message)) return;
    logged.add(message);
    const id = shortIdOf({ conversationId });
    logWarning(`${message} The first one is in conversation ${id}; further ones are only counted.`);
  };
}
