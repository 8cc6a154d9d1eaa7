/** Metrics for Prometheus, made from the reports of operations. */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import {
  type GatewayUnavailableReason,
  gatewayUnavailableReasons,
  type ReplyOutcome,
  type UnavailableReason,
  unavailableReasons,
} from '../conversation/reply-outcome.ts';
import type { UpstreamCall } from '../conversation/send-reply.ts';
import type { OperationReport } from '../http/operation-report.ts';
import { deliveryOf } from './delivery-of.ts';

/** What is the case at the moment. */
export interface Gauges {
  /** Requests to `/graphql` that are not answered yet. */
  readonly inFlight: number;
  /** Replies that wait for a connection to Dashly. */
  readonly queue: number;
  /** Replies that have one. */
  readonly connections: number;
}

export interface Metrics {
  observe(report: OperationReport): void;
  countError(): void;
  /** In the text format of Prometheus. */
  print(): Promise<string>;
  readonly contentType: string;
}

/** In seconds: an answer of Dashly's takes some 50 ms, and by default at most 10 s. */
const upstreamBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** In seconds: a large file over a slow line takes minutes. */
const operationBuckets = [...upstreamBuckets, 30, 60, 300];

export function createMetrics(gauges: () => Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const operations = new Counter({
    name: 'dashly_gateway_operations_total',
    help: 'Replies by the __typename of their result; operations without a reply under none, aborted or http_<status>.',
    labelNames: ['result'],
    registers,
  });
  const upstream = new Histogram({
    name: 'dashly_gateway_upstream_duration_seconds',
    help: 'Calls to Dashly by the HTTP status, or none: from a free connection to the end of the answer.',
    labelNames: ['status'],
    buckets: upstreamBuckets,
    registers,
  });
  const duration = new Histogram({
    name: 'dashly_gateway_operation_duration_seconds',
    help: 'Operations, from the headers of the request to the answer.',
    buckets: operationBuckets,
    registers,
  });
  const uploadBytes = new Counter({
    name: 'dashly_gateway_upload_bytes_total',
    help: 'Bytes of files that came from callers.',
    registers,
  });
  const replays = new Counter({
    name: 'dashly_gateway_replays_total',
    help: 'Replies that were the answer to an earlier call with the same idempotencyKey.',
    registers,
  });
  const unknown = new Counter({
    name: 'dashly_gateway_deliveries_unknown_total',
    help: 'Replies of which nobody knows whether they exist.',
    registers,
  });
  const unavailable = new Counter({
    name: 'dashly_gateway_unavailable_total',
    help: 'Replies that failed as DashlyUnavailableError or GatewayUnavailableError, by the reason.',
    labelNames: ['reason'],
    registers,
  });
  const errors = new Counter({
    name: 'dashly_gateway_errors_total',
    help: 'Errors that the log has: what nobody foresaw, and outages of what the gateway needs.',
    registers,
  });
  const gaugeOf = (name: string, help: string, read: (now: Gauges) => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read(gauges()));
      },
    });
  };
  gaugeOf('dashly_gateway_in_flight', 'Operations that are not answered yet.', (now) => now.inFlight);
  gaugeOf('dashly_gateway_queue_length', 'Replies that wait for a connection to Dashly.', (now) => now.queue);
  gaugeOf(
    'dashly_gateway_connections_in_use',
    'Replies that have a connection to Dashly.',
    (now) => now.connections,
  );

  // Looked up once for each value of a label, which is far quicker than every time.
  const operationsOf = remember((result: string) => operations.labels(result));
  const upstreamOf = remember((status: number | null) => upstream.labels(String(status ?? 'none')));
  const unavailableOf = remember((reason: UnavailableReason | GatewayUnavailableReason) =>
    unavailable.labels(reason),
  );
  // An increase is seen only from a value that was there before it.
  for (const reason of [...unavailableReasons, ...gatewayUnavailableReasons]) unavailableOf(reason).inc(0);

  function countReply(outcome: ReplyOutcome, isReplay: boolean, upstreamCall: UpstreamCall | null): void {
    if (upstreamCall) upstreamOf(upstreamCall.status).observe(upstreamCall.milliseconds / 1000);
    if (isReplay) replays.inc();
    if (deliveryOf(outcome) === 'UNKNOWN') unknown.inc();
    if (outcome.kind === 'dashlyUnavailable' || outcome.kind === 'gatewayUnavailable') {
      unavailableOf(outcome.reason).inc();
    }
  }

  return {
    observe({ replies, status, milliseconds, uploadBytes: bytes }) {
      duration.observe(milliseconds / 1000);
      if (bytes > 0) uploadBytes.inc(bytes);
      if (replies.length === 0) operationsOf(resultWithoutReply(status)).inc();
      for (const { typeName, outcome, isReplay, upstreamCall } of replies) {
        operationsOf(typeName).inc();
        countReply(outcome, isReplay, upstreamCall);
      }
    },
    countError: () => errors.inc(),
    print: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** The statuses are those that the gateway itself gives, so they are few. */
function resultWithoutReply(status: number | null): string {
  if (status === null) return 'aborted';
  return status < 400 ? 'none' : `http_${status}`;
}

function remember<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>();
  return (key) => {
    const known = made.get(key);
    if (known) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
