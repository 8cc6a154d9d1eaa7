/** Traces for OpenTelemetry, made after the fact: a span for each operation, and one for each call that it made to Dashly. */

import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
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
import type { UpstreamCall } from '../conversation/send-reply.ts';
import type { OperationReport, ReportedReply } from '../http/operation-report.ts';
import { deliveryOf } from './delivery-of.ts';
import { isFailed } from './is-failed.ts';
import { shownName } from './shown-name.ts';
import { readTraceContext } from './trace-context.ts';

export interface TracesOptions {
  /** Base URL of the collector; the traces go to `/v1/traces` below it. */
  readonly endpoint: URL;
  /** Told once for each time that the collector is out of reach. */
  readonly onOutage: (error: unknown) => void;
}

export interface Traces {
  observe(report: OperationReport): void;
  /** Sends what is left; gives up after some seconds. */
  close(): Promise<void>;
}

/** For sending one batch, in milliseconds, and so for stopping where the collector does not answer. */
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
      const parent = readTraceContext(report.traceparent, report.tracestate);
      const outside = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
      const name = shownName(report.operationName);
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
  // As the conventions for HTTP have it: for a client a refusal is an error as well.
  const isError = status === null || status >= 400 || outcome.kind === 'dashlyUnavailable';
  const reason = outcome.kind === 'dashlyUnavailable' ? outcome.reason : String(status);
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

/** Without this a collector that is out of reach would go unnoticed. */
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
