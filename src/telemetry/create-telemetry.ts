/** Everything by which people see what the gateway does: the log, the metrics and the traces. */

import type { OperationReport } from '../http/operation-report.ts';
import { createLog, type LogLevel } from './create-log.ts';
import type { Gauges, Metrics } from './create-metrics.ts';
import type { Traces } from './create-traces.ts';
import type { LineStream } from './line-writer.ts';
import { type MetricsServer, startMetrics } from './start-metrics.ts';

export interface TelemetryOptions {
  /** For the lines of the log; stdout where there is none. */
  readonly logStream?: LineStream | null;
  /** Where unexpected errors go, instead of the log; must not throw. */
  readonly logError?: ((message: string, error: unknown) => void) | undefined;
  /** From where on lines are written: `info` is every operation. */
  readonly logLevel?: LogLevel;
  /** Null for no metrics; 0 takes any that is free. */
  readonly metricsPort: number | null;
  /** The address for the metrics. */
  readonly host: string;
  /** Base URL of an OpenTelemetry collector; null for no traces. */
  readonly otlpEndpoint: URL | null;
  /** What is the case at the moment; asked once metrics are. */
  readonly gauges: () => Gauges;
}

export interface Telemetry {
  /** Does not throw, and takes no more than some microseconds. */
  readonly observe: (report: OperationReport) => void;
  readonly logError: (message: string, error: unknown) => void;
  /** That the gateway takes requests, and the facts of its configuration. */
  readonly logStart: (facts: Readonly<Record<string, string>>) => void;
  /**
   * Before the gateway takes requests. Resolves to the port of the metrics; rejects with Node's own error where it cannot
   * listen there.
   */
  start(): Promise<number | null>;
  /** After the gateway has stopped: resolves when everything is written and sent. */
  stop(): Promise<void>;
}

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { logStream = null, logLevel = 'info', metricsPort, host, otlpEndpoint, gauges } = options;
  const log = createLog({ stream: logStream, level: logLevel });
  let metrics: Metrics | null = null;
  let traces: Traces | null = null;
  let server: MetricsServer | null = null;

  function logError(message: string, error: unknown): void {
    metrics?.countError();
    if (options.logError) options.logError(message, error);
    else log.logError(message, error);
  }

  return {
    observe(report) {
      log.observe(report);
      metrics?.observe(report);
      traces?.observe(report);
    },
    logError,
    logStart: log.logStart,
    async start() {
      // Loaded where they are asked for: both are large, and many gateways have neither.
      if (otlpEndpoint) {
        const { createTraces } = await import('./create-traces.ts');
        const onOutage = (error: unknown) =>
          logError('OTEL_EXPORTER_OTLP_ENDPOINT is out of reach; traces are lost.', error);
        traces = createTraces({ endpoint: otlpEndpoint, onOutage });
      }
      if (metricsPort === null) return null;
      const { createMetrics } = await import('./create-metrics.ts');
      metrics = createMetrics(gauges);
      server = await startMetrics({ metrics, port: metricsPort, host });
      return server.port;
    },
    async stop() {
      await traces?.close().catch(() => {});
      await server?.close();
      await log.close();
    },
  };
}
