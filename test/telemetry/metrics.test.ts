/** The metrics and their endpoint. */

import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { fieldsWithKnownShape, fieldsWithKnownValues } from '../../src/conversation/undocumented.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { startMetricsServer } from '../../src/telemetry/metrics-server.ts';
import { ask } from '../support/gateway/ask.ts';
import { lost, overloaded, refused, sampleReply, sampleReport, sent } from './sample-report.ts';

const gauges = () => ({ inFlight: 7, queue: 8, connections: 9, clientConnections: 10 });

function start() {
  const metrics = createMetrics(gauges);
  /** The gateway's own samples, without buckets. */
  const samples = async (): Promise<Record<string, number>> => {
    const lines = (await metrics.print()).split('\n').filter((line) => /^dashly_gateway/.test(line));
    const pairs = lines.map((line) => line.replace(/^dashly_gateway_/, '').split(' '));
    return Object.fromEntries(
      pairs.filter(([name]) => !name?.includes('_bucket')).map(([name, value]) => [name, Number(value)]),
    );
  };
  return { metrics, samples };
}

test('counters exist from the start', async () => {
  const { samples } = start();
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(await samples()).toEqual({
    [`build_info{version="${version}",node_version="${process.versions.node}"}`]: 1,
    'operations_total{result="http_500"}': 0,
    'operations_total{result="http_503"}': 0,
    upload_bytes_total: 0,
    replays_total: 0,
    deliveries_unknown_total: 0,
    answers_without_proof_total: 0,
    stray_answers_total: 0,
    replies_recovered_total: 0,
    'look_ups_total{result="found"}': 0,
    'look_ups_total{result="found_twice"}': 0,
    'look_ups_total{result="not_found"}': 0,
    'look_ups_total{result="failed"}': 0,
    'look_ups_total{result="refused"}': 0,
    'look_ups_total{result="skipped"}': 0,
    read_lag_seconds_count: 0,
    read_lag_seconds_sum: 0,
    'reads_total{result="OK"}': 0,
    'reads_total{result="NOT_AUTHENTICATED"}': 0,
    'reads_total{result="PERMISSION_DENIED"}': 0,
    'reads_total{result="NOT_FOUND"}': 0,
    'reads_total{result="TOO_MANY_REQUESTS"}': 0,
    'reads_total{result="UNAVAILABLE"}': 0,
    ...Object.fromEntries(
      fieldsWithKnownValues.map((field) => [`unknown_values_total{field="${field}"}`, 0]),
    ),
    ...Object.fromEntries(fieldsWithKnownShape.map((field) => [`other_shapes_total{field="${field}"}`, 0])),
    errors_total: 0,
    'unavailable_total{reason="UNREACHABLE"}': 0,
    'unavailable_total{reason="TIMEOUT"}': 0,
    'unavailable_total{reason="SERVER_ERROR"}': 0,
    'unavailable_total{reason="BAD_RESPONSE"}': 0,
    'unavailable_total{reason="OVERLOADED"}': 0,
    'unavailable_total{reason="STORE_UNREACHABLE"}': 0,
    'unavailable_total{reason="INTERNAL_ERROR"}': 0,
    operation_duration_seconds_count: 0,
    operation_duration_seconds_sum: 0,
    in_flight: 7,
    queue_length: 8,
    connections_in_use: 9,
    client_connections: 10,
  });
});

test('reads are counted by their results', async () => {
  const { metrics, samples } = start();
  for (const result of ['OK', 'NOT_FOUND', 'OK'] as const) metrics.countRead(result);
  expect(await samples()).toMatchObject({
    'reads_total{result="OK"}': 2,
    'reads_total{result="NOT_FOUND"}': 1,
    'reads_total{result="UNAVAILABLE"}': 0,
  });
});

test('operations are counted by the results of their replies', async () => {
  const { metrics, samples } = start();
  metrics.observe(
    sampleReport({ replies: [sampleReply(sent), sampleReply(lost, null)], uploadBytes: 1_000 }),
  );
  metrics.observe(sampleReport({ replies: [sampleReply(sent, 'no call', true)], uploadBytes: 24 }));
  metrics.observe(sampleReport({ replies: [sampleReply(refused, 401), sampleReply(overloaded, 'no call')] }));
  metrics.observe(sampleReport());
  metrics.observe(sampleReport({ status: 401 }));
  metrics.observe(sampleReport({ status: null }));
  metrics.countError();
  expect(await samples()).toMatchObject({
    'operations_total{result="ReplyToConversationPayload"}': 2,
    'operations_total{result="DashlyUnavailableError"}': 1,
    'operations_total{result="NotAuthenticatedError"}': 1,
    'operations_total{result="GatewayUnavailableError"}': 1,
    'operations_total{result="none"}': 1,
    'operations_total{result="http_401"}': 1,
    'operations_total{result="aborted"}': 1,
    'upstream_duration_seconds_count{status="200"}': 1,
    'upstream_duration_seconds_sum{status="200"}': 0.02025,
    'upstream_duration_seconds_count{status="none"}': 1,
    'upstream_duration_seconds_count{status="401"}': 1,
    operation_duration_seconds_count: 6,
    upload_bytes_total: 1_024,
    replays_total: 1,
    deliveries_unknown_total: 1,
    errors_total: 1,
    'unavailable_total{reason="TIMEOUT"}': 1,
    'unavailable_total{reason="OVERLOADED"}': 1,
  });
});

test('successes without proof, and stray ones, are counted', async () => {
  const { metrics, samples } = start();
  for (const match of ['ECHOED', 'NOT_ECHOED', 'NOT_ECHOED', 'STRAY'] as const) {
    const reply = sampleReply(sent);
    const upstreamCall = reply.upstreamCall && { ...reply.upstreamCall, match };
    metrics.observe(sampleReport({ replies: [{ ...reply, upstreamCall }] }));
  }
  expect(await samples()).toMatchObject({ answers_without_proof_total: 2, stray_answers_total: 1 });
});

test('are served at /metrics only', async () => {
  const { metrics } = start();
  const server = await startMetricsServer({ metrics, port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  const origin = `http://127.0.0.1:${server.port}`;
  const answer = await ask(`${origin}/metrics?x=1`);
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' },
  });
  expect(answer.text).toMatch(/^dashly_gateway_in_flight 7$/m);
  expect(answer.text).toMatch(/^process_resident_memory_bytes \d+$/m);
  expect(await ask(`${origin}/metrics`, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  expect(await ask(`${origin}/metrics`, { method: 'POST' })).toMatchObject({ status: 405 });
  for (const path of ['/', '/graphql', '/metrics/', '/health']) {
    expect(await ask(`${origin}${path}`)).toMatchObject({
      status: 404,
      text: expect.stringContaining('GraphQL is on another port'),
    });
  }
  await expect(startMetricsServer({ metrics, port: server.port, host: '127.0.0.1' })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});

test('closing frees the port in spite of an open connection', async () => {
  const { metrics } = start();
  const server = await startMetricsServer({ metrics, port: 0, host: '127.0.0.1' });
  await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  await server.close();
  const next = await startMetricsServer({ metrics, port: server.port, host: '127.0.0.1' });
  await next.close();
});

test('look-ups are counted by their results, and recovered replies once', async () => {
  const { metrics, samples } = start();
  metrics.observeLookUp('notFound', null);
  metrics.observeLookUp('foundTwice', 1.5);
  const recovered = { ...sent, recovered: true };
  metrics.observe(
    sampleReport({ replies: [sampleReply(recovered), sampleReply(recovered, 'no call', true)] }),
  );
  expect(await samples()).toMatchObject({
    'look_ups_total{result="not_found"}': 1,
    'look_ups_total{result="found_twice"}': 1,
    read_lag_seconds_sum: 1.5,
    replies_recovered_total: 1,
    deliveries_unknown_total: 0,
  });
});
