/** Prometheus metrics. The reports of operations update most of them; the rest of the gateway counts the others. */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type ReadFailureCode, readFailureCodes } from '../conversation/reading/read-parts.ts';
import { type LookUpResult, lookUpResults } from '../conversation/recovery/look-up-limits.ts';
import type { ObserveLookUp } from '../conversation/recovery/recover-reply.ts';
import {
  deliveryOf,
  type GatewayUnavailableReason,
  gatewayUnavailableReasons,
  type ReplyOutcome,
  type UnavailableReason,
  unavailableReasons,
} from '../conversation/reply-outcome.ts';
import type { UpstreamCall } from '../conversation/sending/send-reply.ts';
import {
  fieldsWithKnownShape,
  fieldsWithKnownValues,
  type ObserveUndocumented,
} from '../conversation/undocumented.ts';
import { readPackageVersion } from '../package-version.ts';
import { isRecovered, type OperationReport } from './report.ts';

/** Current values, read when the metrics are scraped. */
export interface Gauges {
  /** Requests to `/graphql` without a response so far. */
  readonly inFlight: number;
  /** Replies that wait for a connection to Dashly. */
  readonly queue: number;
  /** Replies that use a connection to Dashly. */
  readonly connections: number;
  /** Open connections of clients. */
  readonly clientConnections: number;
}

/** The code of a read that failed. */
export type ReadResult = 'OK' | ReadFailureCode;

export interface Metrics {
  observe(report: OperationReport): void;
  readonly observeLookUp: ObserveLookUp;
  countError(): void;
  countRead(result: ReadResult): void;
  readonly countUndocumented: ObserveUndocumented;
  /** In the Prometheus text format. */
  print(): Promise<string>;
  readonly contentType: string;
}

/** In seconds. Dashly responds in about 50 ms; the default timeout is 10 s. */
const upstreamBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const lookUpLabels: Record<LookUpResult, string> = {
  found: 'found',
  foundTwice: 'found_twice',
  notFound: 'not_found',
  failed: 'failed',
  refused: 'refused',
  skipped: 'skipped',
};

/** In seconds: parts are looked up 0.5, 1.5 and 4 seconds after the call. */
const lagBuckets = [0.5, 0.75, 1, 2, 3, 5, 10];

/** In seconds. The upload of a large file over a slow network takes minutes. */
const operationBuckets = [...upstreamBuckets, 30, 60, 300];

/**
 * Series whose increase is an alert start at 0: Prometheus sees an increase only if the series existed before it, and adds nothing to a
 * series that does not exist.
 */
export function createMetrics(gauges: () => Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  registerBuildInfo(registers);
  registerGauges(registers, gauges);
  const reads = new Counter({
    name: 'dashly_gateway_reads_total',
    help: 'Reads of the parts of a conversation, by the code of their failure, or OK.',
    labelNames: ['result'],
    registers,
  });
  for (const result of ['OK', ...readFailureCodes] as const) reads.labels(result).inc(0);
  const errors = new Counter({
    name: 'dashly_gateway_errors_total',
    help: 'Errors in the log: unexpected ones, and outages of Redis or the collector.',
    registers,
  });
  return {
    observe: createOperationMetrics(registers),
    observeLookUp: createLookUpMetrics(registers),
    countError: () => errors.inc(),
    countRead: (result) => reads.labels(result).inc(),
    countUndocumented: createUndocumentedMetrics(registers),
    print: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function registerBuildInfo(registers: Registry[]): void {
  new Gauge({
    name: 'dashly_gateway_build_info',
    help: 'Always 1; the labels are the versions of the gateway and of Node.js.',
    labelNames: ['version', 'node_version'],
    registers,
  })
    .labels(readPackageVersion(), process.versions.node)
    .set(1);
}

function registerGauges(registers: Registry[], gauges: () => Gauges): void {
  const register = (name: string, help: string, read: (now: Gauges) => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read(gauges()));
      },
    });
  };
  register('dashly_gateway_in_flight', 'Operations without a response.', (now) => now.inFlight);
  register(
    'dashly_gateway_queue_length',
    'Replies that wait for a connection to Dashly.',
    (now) => now.queue,
  );
  register(
    'dashly_gateway_connections_in_use',
    'Replies that have a connection to Dashly.',
    (now) => now.connections,
  );
  register(
    'dashly_gateway_client_connections',
    'Open connections of clients.',
    (now) => now.clientConnections,
  );
}

function createOperationMetrics(registers: Registry[]): Metrics['observe'] {
  const operations = new Counter({
    name: 'dashly_gateway_operations_total',
    help: 'Replies by the __typename of their result; operations without a reply under none, aborted or http_<status>.',
    labelNames: ['result'],
    registers,
  });
  const duration = new Histogram({
    name: 'dashly_gateway_operation_duration_seconds',
    help: 'Operations, from the headers of the request to the response.',
    buckets: operationBuckets,
    registers,
  });
  const uploaded = new Counter({
    name: 'dashly_gateway_upload_bytes_total',
    help: 'Bytes of uploaded files.',
    registers,
  });
  const operationsOf = memoize((result: string) => operations.labels(result));
  for (const status of [500, 503]) operationsOf(resultWithoutReply(status)).inc(0);
  const observeOutcome = createOutcomeMetrics(registers);
  const observeUpstreamCall = createUpstreamMetrics(registers);
  return ({ replies, status, milliseconds, uploadBytes }) => {
    duration.observe(milliseconds / 1000);
    if (uploadBytes > 0) uploaded.inc(uploadBytes);
    if (replies.length === 0) operationsOf(resultWithoutReply(status)).inc();
    for (const { typeName, outcome, isReplay, upstreamCall } of replies) {
      operationsOf(typeName).inc();
      observeOutcome(outcome, isReplay);
      if (upstreamCall) observeUpstreamCall(upstreamCall);
    }
  };
}

function createOutcomeMetrics(registers: Registry[]): (outcome: ReplyOutcome, isReplay: boolean) => void {
  const replays = new Counter({
    name: 'dashly_gateway_replays_total',
    help: 'Replies answered with the result of an earlier call with the same idempotencyKey.',
    registers,
  });
  const unknown = new Counter({
    name: 'dashly_gateway_deliveries_unknown_total',
    help: 'Replies with an unknown delivery, after a look-up if one was possible.',
    registers,
  });
  const recovered = new Counter({
    name: 'dashly_gateway_replies_recovered_total',
    help: 'Replies whose response was lost, and that were found in their conversation.',
    registers,
  });
  const unavailable = new Counter({
    name: 'dashly_gateway_unavailable_total',
    help: 'Replies that failed as DashlyUnavailableError or GatewayUnavailableError, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const unavailableOf = memoize((reason: UnavailableReason | GatewayUnavailableReason) =>
    unavailable.labels(reason),
  );
  for (const reason of [...unavailableReasons, ...gatewayUnavailableReasons]) unavailableOf(reason).inc(0);
  return (outcome, isReplay) => {
    if (isReplay) replays.inc();
    if (deliveryOf(outcome) === 'UNKNOWN') unknown.inc();
    if (isRecovered(outcome) && !isReplay) recovered.inc();
    if ('reason' in outcome) unavailableOf(outcome.reason).inc();
  };
}

function createUpstreamMetrics(registers: Registry[]): (call: UpstreamCall) => void {
  const duration = new Histogram({
    name: 'dashly_gateway_upstream_duration_seconds',
    help: 'Calls to Dashly by HTTP status, or none: from a free connection to the end of the response.',
    labelNames: ['status'],
    buckets: upstreamBuckets,
    registers,
  });
  const unproven = new Counter({
    name: 'dashly_gateway_answers_without_proof_total',
    help: 'Successes of Dashly that do not echo the random_id; the conversation is the right one, or missing.',
    registers,
  });
  const stray = new Counter({
    name: 'dashly_gateway_stray_answers_total',
    help: 'Successes of Dashly that belong to another request: the outcome is UNKNOWN, and the connection is closed.',
    registers,
  });
  const durationOf = memoize((status: number | null) => duration.labels(String(status ?? 'none')));
  return ({ status, milliseconds, match }) => {
    durationOf(status).observe(milliseconds / 1000);
    if (match === 'NOT_ECHOED') unproven.inc();
    if (match === 'STRAY') stray.inc();
  };
}

function createLookUpMetrics(registers: Registry[]): ObserveLookUp {
  const lookUps = new Counter({
    name: 'dashly_gateway_look_ups_total',
    help: 'Look-ups of replies in their conversation, by result; found_twice: the conversation has the reply more than once.',
    labelNames: ['result'],
    registers,
  });
  const lag = new Histogram({
    name: 'dashly_gateway_read_lag_seconds',
    help: 'Time from the end of a call to Dashly until its part was found in the conversation.',
    buckets: lagBuckets,
    registers,
  });
  for (const result of lookUpResults) lookUps.labels(lookUpLabels[result]).inc(0);
  return (result, lagSeconds) => {
    lookUps.labels(lookUpLabels[result]).inc();
    if (lagSeconds !== null) lag.observe(lagSeconds);
  };
}

function createUndocumentedMetrics(registers: Registry[]): ObserveUndocumented {
  const unknownValues = new Counter({
    name: 'dashly_gateway_unknown_values_total',
    help: 'Values of Dashly that are not in the schema, by field.',
    labelNames: ['field'],
    registers,
  });
  const otherShapes = new Counter({
    name: 'dashly_gateway_other_shapes_total',
    help: 'Values of Dashly with another shape than its API documents, by field.',
    labelNames: ['field'],
    registers,
  });
  for (const field of fieldsWithKnownValues) unknownValues.labels(field).inc(0);
  for (const field of fieldsWithKnownShape) otherShapes.labels(field).inc(0);
  return (...[kind, field]) => (kind === 'unknownValue' ? unknownValues : otherShapes).labels(field).inc();
}

/** Only the gateway sets these statuses, so the number of series is small. */
function resultWithoutReply(status: number | null): string {
  if (status === null) return 'aborted';
  return status < 400 ? 'none' : `http_${status}`;
}

/** `labels()` is slow, so the series of replies are looked up once. */
function memoize<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const values = new Map<Key, Value>();
  return (key) => {
    const known = values.get(key);
    if (known) return known;
    const value = make(key);
    values.set(key, value);
    return value;
  };
}
