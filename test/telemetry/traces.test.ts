/** Traces as a collector receives them. */

import { expect, test, vi } from 'vitest';
import type { OperationReport } from '../../src/telemetry/report.ts';
import { createTraces, readTraceContext } from '../../src/telemetry/traces.ts';
import { lost, refused, sampleReply, sampleReport, sent } from './sample-report.ts';
import { startCollector } from './start-collector.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const server = 2;
const client = 3;
const isError = { status: { code: 2 } };

/** The spans of these operations. */
async function spansOf(...reports: readonly Partial<OperationReport>[]) {
  const collector = await startCollector();
  const traces = createTraces({ endpoint: collector.endpoint, onOutage: () => expect.unreachable() });
  for (const report of reports) traces.observe(sampleReport(report));
  await traces.close();
  return collector.spans;
}

test('an operation and its call to Dashly are spans with the times of the report', async () => {
  const spans = await spansOf({ replies: [sampleReply(sent)], uploadBytes: 12 });
  const operation = spans.find(({ kind }) => kind === server);
  const call = spans.find(({ kind }) => kind === client);
  expect(spans).toHaveLength(2);
  expect(operation).toMatchObject({
    name: 'Reply',
    status: { code: 0 },
    startTimeUnixNano: '1700000000000250000',
    endTimeUnixNano: '1700000000030765625',
    attributes: {
      'graphql.operation.name': 'Reply',
      'http.response.status_code': 200,
      'http.route': '/graphql',
      'dashly.gateway.request.id': 'abcdefgh-1',
      'dashly.gateway.result': ['ReplyToConversationPayload'],
      'dashly.gateway.delivery': ['DELIVERED'],
      'dashly.gateway.replayed': [false],
      'dashly.gateway.upload.size': 12,
    },
    resource: { 'service.name': 'dashly-graphql-gateway' },
  });
  expect(operation?.parentSpanId).toBeUndefined();
  expect(call).toMatchObject({
    name: 'POST',
    traceId: operation?.traceId,
    parentSpanId: operation?.spanId,
    status: { code: 0 },
    startTimeUnixNano: '1700000000005250000',
    endTimeUnixNano: '1700000000025500000',
    attributes: {
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'peer.service': 'dashly',
      'dashly.gateway.result': 'ReplyToConversationPayload',
      'dashly.gateway.delivery': 'DELIVERED',
    },
  });
});

test('the span of an operation has the conversations of its replies and whether they were recovered', async () => {
  const recovered = sampleReply({ ...sent, recovered: true });
  const trace = { conversationId: '7', randomId: 77, idempotencyKey: 'key-1' };
  const unsent = { ...trace, conversationId: '8'.repeat(5_000), randomId: null, idempotencyKey: null };
  const [operation] = await spansOf({
    replies: [
      { ...recovered, upstreamCall: null, trace },
      { ...sampleReply(lost, 'no call'), trace: unsent },
    ],
  });
  expect(operation?.attributes).toMatchObject({
    'dashly.gateway.recovered': [true, false],
    'dashly.gateway.conversation.id': ['7', '8'.repeat(100)],
    'dashly.gateway.random.id': ['77', ''],
    // printf %s key-1 | sha256sum
    'dashly.gateway.key.hash': ['be2974546978e373', ''],
  });
});

test('the span of the client is the parent', async () => {
  const traceparent = `00-${traceId}-${spanId}-01`;
  const [span] = await spansOf({ traceparent, tracestate: 'vendor=value' });
  expect(span).toMatchObject({ traceId, parentSpanId: spanId, traceState: 'vendor=value' });
});

test('respects a client that does not record, and ignores an invalid context', async () => {
  const spans = await spansOf(
    { traceparent: `00-${traceId}-${spanId}-00`, replies: [sampleReply(sent)] },
    { traceparent: `00-${'0'.repeat(32)}-${spanId}-01`, operationName: 'Nonsense' },
  );
  expect(spans.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([['Nonsense', undefined]]);
});

test.each<[what: string, report: Partial<OperationReport>, operation: object, call: object | undefined]>([
  [
    'a missing response',
    { replies: [sampleReply(lost, null)] },
    isError,
    { ...isError, attributes: { 'error.type': 'TIMEOUT', 'dashly.gateway.delivery': 'UNKNOWN' } },
  ],
  [
    'a rejection',
    { replies: [sampleReply(refused, 401)] },
    { status: { code: 0 } },
    { ...isError, attributes: { 'error.type': '401' } },
  ],
  ['a replay of an unknown delivery', { replies: [sampleReply(lost, 'no call', true)] }, isError, undefined],
  ['a 500', { status: 500 }, { ...isError, attributes: { 'error.type': '500' } }, undefined],
  ['a 401', { status: 401 }, { status: { code: 0 } }, undefined],
  [
    'a client that disconnected',
    { status: null },
    { attributes: { 'dashly.gateway.aborted': true } },
    undefined,
  ],
  ['an operation without a name', { operationName: null }, { name: 'GraphQL operation' }, undefined],
  [
    'an operation with a long name',
    { operationName: 'x'.repeat(5_000) },
    { name: 'x'.repeat(100) },
    undefined,
  ],
])('has spans for %s', async (_what, report, operation, call) => {
  const spans = await spansOf(report);
  expect(spans.find(({ kind }) => kind === server)).toMatchObject(operation);
  const found = spans.find(({ kind }) => kind === client);
  if (call) expect(found).toMatchObject(call);
  else expect(found).toBeUndefined();
});

test('several replies have several spans, without any text of customers and clients', async () => {
  const spans = await spansOf({
    replies: [sampleReply(sent), sampleReply(refused, 401), sampleReply(lost, null)],
  });
  expect(spans).toHaveLength(4);
  expect(JSON.stringify(spans)).not.toContain('message-of');
});

test('keeps the path of the endpoint and reads OTEL_SERVICE_NAME', async () => {
  vi.stubEnv('OTEL_SERVICE_NAME', 'replies-eu');
  const collector = await startCollector();
  const endpoint = new URL('/otlp/', collector.endpoint);
  const traces = createTraces({ endpoint, onOutage: () => expect.unreachable() });
  traces.observe(sampleReport());
  await traces.close();
  vi.unstubAllEnvs();
  expect(collector.paths).toEqual(['/otlp/v1/traces']);
  expect(collector.spans).toMatchObject([{ resource: { 'service.name': 'replies-eu' } }]);
});

test('reports a failing collector once, and still stops', async () => {
  const collector = await startCollector(400);
  const outages: unknown[] = [];
  const traces = createTraces({ endpoint: collector.endpoint, onOutage: (error) => outages.push(error) });
  for (let count = 0; count < 3_000; count++) traces.observe(sampleReport());
  await traces.close().catch(() => {});
  expect(collector.paths.length).toBeGreaterThan(1);
  expect(outages).toHaveLength(1);
});

const readContext = (traceparent: string | null, tracestate: string | null = null) =>
  readTraceContext(sampleReport({ traceparent, tracestate }));

test.each([
  [`00-${traceId}-${spanId}-01`, 1],
  [`00-${traceId}-${spanId}-00`, 0],
  [` 00-${traceId}-${spanId}-01 `, 1],
  [`cc-${traceId}-${spanId}-01-what-the-future-will-be`, 1],
])('accepts the trace context %j', (traceparent, traceFlags) => {
  expect(readContext(traceparent)).toEqual({ traceId, spanId, traceFlags, isRemote: true });
});

test.each([
  [null],
  [''],
  ['garbage'],
  [`00-${traceId}-${spanId}`],
  [`00-${traceId}-${spanId}-01-more`],
  [`ff-${traceId}-${spanId}-01`],
  [`00-${traceId.toUpperCase()}-${spanId}-01`],
  [`00-${'0'.repeat(32)}-${spanId}-01`],
  [`00-${traceId}-${'0'.repeat(16)}-01`],
  [`00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`],
])('ignores the trace context %j', (traceparent) => {
  expect(readContext(traceparent, 'a=b')).toBeNull();
});

test('reads the trace state unless it is too long', () => {
  const read = (state: string) => readContext(`00-${traceId}-${spanId}-01`, state)?.traceState;
  expect(read('vendor=value,other=1')?.serialize()).toBe('vendor=value,other=1');
  expect(read(`vendor=${'x'.repeat(2_000)}`)).toBeUndefined();
});
