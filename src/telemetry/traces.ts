/** OpenTelemetry traces, created when an operation has ended: one span per operation and one per reply that was sent. */

import {
  type Attributes,
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { deliveryOf, responsibleFor } from '../conversation/reply-outcome.ts';
import type { UpstreamCall } from '../conversation/sending/send-reply.ts';
import {
  isFailed,
  isRecovered,
  keyHashOf,
  type OperationReport,
  type ReportedReply,
  shortIdOf,
  shortNameOf,
} from './report.ts';
import { readTraceparent } from './trace-context.ts';

export interface TracesOptions {
  /** Base URL of the collector; traces are sent to `/v1/traces` below it. */
  readonly endpoint: URL;
  /** Called once per outage of the collector. */
  readonly onOutage: (error: unknown) => void;
}

export interface Traces {
  /** Returns the id of the trace. */
  observe(report: OperationReport): string;
  /** Sends the remaining spans; gives up after `exportTimeoutMs`. */
  close(): Promise<void>;
}

/** Time to send one batch, in milliseconds; also the time that stopping takes if the collector does not respond. */
const exportTimeoutMs = 5_000;

export function createTraces({ endpoint, onOutage }: TracesOptions): Traces {
  const url = new URL(endpoint);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`;
  const exporter = withOutages(
    new OTLPTraceExporter({ url: url.href, timeoutMillis: exportTimeoutMs }),
    onOutage,
  );
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'dashly-graphql-gateway' }).merge(
      detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] }),
    ),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        exportTimeoutMillis: exportTimeoutMs,
        maxQueueSize: 8_192,
        maxExportBatchSize: 1_024,
        scheduledDelayMillis: 2_000,
      }),
    ],
  });
  const tracer = provider.getTracer('dashly-graphql-gateway');

  return {
    observe(report) {
      const parent = readTraceContext(report);
      const outside = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
      const name = shortNameOf(report);
      const span = tracer.startSpan(
        name ?? 'GraphQL operation',
        { kind: SpanKind.SERVER, startTime: report.startedAt, attributes: attributesOf(report, name) },
        outside,
      );
      if (isFailed(report)) span.setStatus({ code: SpanStatusCode.ERROR });
      if (span.isRecording()) {
        const inside = trace.setSpan(outside, span);
        for (const reply of report.replies) {
          if (reply.upstreamCall) addUpstreamSpan(tracer, inside, reply, reply.upstreamCall);
        }
      }
      span.end(report.startedAt + report.milliseconds);
      return span.spanContext().traceId;
    },
    close: () => provider.shutdown(),
  };
}

function attributesOf(report: OperationReport, name: string | null): Attributes {
  const { requestId, replies, status, uploadBytes } = report;
  return {
    'http.route': '/graphql',
    'dashly.gateway.request.id': requestId,
    ...(name === null ? {} : { 'graphql.operation.name': name }),
    ...(status === null ? { 'dashly.gateway.aborted': true } : { 'http.response.status_code': status }),
    ...(status !== null && status >= 500 ? { 'error.type': String(status) } : {}),
    ...(uploadBytes > 0 ? { 'dashly.gateway.upload.size': uploadBytes } : {}),
    ...(replies.length > 0
      ? {
          'dashly.gateway.result': replies.map(({ typeName }) => typeName),
          'dashly.gateway.delivery': replies.map(({ outcome }) => deliveryOf(outcome)),
          'dashly.gateway.replayed': replies.map(({ isReplay }) => isReplay),
          'dashly.gateway.recovered': replies.map(({ outcome }) => isRecovered(outcome)),
          'dashly.gateway.conversation.id': replies.map(({ trace }) => shortIdOf(trace)),
          'dashly.gateway.random.id': replies.map(({ trace }) => String(trace.randomId ?? '')),
          'dashly.gateway.key.hash': replies.map(({ trace }) => keyHashOf(trace) ?? ''),
        }
      : {}),
  };
}

function addUpstreamSpan(
  tracer: Tracer,
  inside: Context,
  { typeName, outcome }: ReportedReply,
  { status, startedAt, milliseconds }: UpstreamCall,
): void {
  const delivery = deliveryOf(outcome);
  // The semantic conventions for HTTP: on the client side a 4xx is an error, too.
  const isError = status === null || status >= 400 || responsibleFor(outcome) === 'dashly';
  const reason = 'reason' in outcome ? outcome.reason : String(status);
  const span = tracer.startSpan(
    'POST',
    {
      kind: SpanKind.CLIENT,
      startTime: startedAt,
      attributes: {
        'http.request.method': 'POST',
        'peer.service': 'dashly',
        ...(status === null ? {} : { 'http.response.status_code': status }),
        ...(isError ? { 'error.type': reason } : {}),
        'dashly.gateway.result': typeName,
        'dashly.gateway.delivery': delivery,
      },
    },
    inside,
  );
  if (isError) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(startedAt + milliseconds);
}

/** Reports failed exports, which the SDK discards silently. */
function withOutages(exporter: SpanExporter, onOutage: (error: unknown) => void): SpanExporter {
  let isOut = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const isFailure = result.code !== 0;
        if (isFailure && !isOut) onOutage(result.error);
        isOut = isFailure;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

/** In characters; the specification requires at least 512. */
const maxTracestateLength = 1_024;

/** The client's trace context; null if it sent none, or an invalid one. */
export function readTraceContext({ traceparent, tracestate }: OperationReport): SpanContext | null {
  const parent = readTraceparent(traceparent);
  if (!parent) return null;
  const context = { ...parent, isRemote: true };
  if (!tracestate || tracestate.length > maxTracestateLength) return context;
  return { ...context, traceState: createTraceState(tracestate) };
}
