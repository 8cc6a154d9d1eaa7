/** The log, the metrics and the traces of a gateway process for the same requests. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ask, askJson } from '../support/gateway/ask.ts';
import { postBytes } from '../support/gateway/converse.ts';
import { RawClient } from '../support/gateway/raw-client.ts';
import { reportLoads } from '../support/process/report-loads.ts';
import { endCommands, type StartedCommand, startCommand } from '../support/process/start-command.ts';
import { sized } from '../support/sized-documents.ts';
import { until } from '../support/until.ts';
import { answerReply, startUpstream } from '../support/upstream/start-upstream.ts';
import { startCollector } from './start-collector.ts';

afterAll(endCommands);

const query = `mutation Reply($id: ID!) {
  replyToConversation(input: { conversationId: $id, body: "words-of-the-caller" }) {
    __typename ... on ReplyError { delivery }
  }
}`;

const status = 'http.response.status_code';

/** The log lines of operations. */
function linesOf(command: StartedCommand) {
  return command.lines().filter((line) => 'requestId' in line);
}

async function metricsOf({ output }: StartedCommand): Promise<string> {
  return (await ask(/"metrics":"([^"]+)"/.exec(output.out)?.[1] ?? '')).text;
}

test('the log, the metrics and the traces agree, and the log is complete when the process exits', async () => {
  const collector = await startCollector();
  const started = await startCommand({
    METRICS_PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint.href,
  });
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
  const requestIds: unknown[] = [];
  // The execution of a repeated document differs from the first one.
  for (const id of ['1', '1', '401', '500', '500']) {
    const answer = await askJson(`${started.origin}/graphql`, { query, variables: { id } }, headers);
    requestIds.push(answer.headers['x-request-id']);
  }
  await ask(`${started.origin}/graphql`, { method: 'POST', headers: { 'content-type': 'text/plain' } });
  await ask(`${started.origin}/health`);
  const metrics = await metricsOf(started);
  started.child.kill('SIGTERM');
  expect(await started.ended).toBe(0);

  const lines = linesOf(started);
  expect(
    lines.map((line) => ['level', 'result', 'delivery', 'upstreamStatus', status].map((name) => line[name])),
  ).toEqual([
    ['info', 'ReplyToConversationPayload', 'DELIVERED', 200, 200],
    ['info', 'ReplyToConversationPayload', 'DELIVERED', 200, 200],
    ['info', 'NotAuthenticatedError', 'NOT_DELIVERED', 401, 200],
    ['warn', 'DashlyUnavailableError', 'UNKNOWN', 500, 200],
    ['warn', 'DashlyUnavailableError', 'UNKNOWN', 500, 200],
    ['info', undefined, undefined, undefined, 415],
  ]);
  expect(lines.slice(0, 5).map(({ requestId }) => requestId)).toEqual(requestIds);
  // The last request has no trace of its caller.
  expect(lines.map(({ trace_id }) => trace_id)).toEqual([
    ...Array.from({ length: 5 }, () => traceId),
    expect.stringMatching(/^[0-9a-f]{32}$/),
  ]);
  expect(started.output.out).not.toContain('words-of');
  for (const [sample, value] of [
    ['operations_total{result="ReplyToConversationPayload"}', 2],
    ['operations_total{result="NotAuthenticatedError"}', 1],
    ['operations_total{result="http_415"}', 1],
    ['upstream_duration_seconds_count{status="500"}', 2],
    ['operation_duration_seconds_count', 6],
    ['deliveries_unknown_total', 2],
    ['in_flight', 0],
    ['connections_in_use', 0],
  ]) {
    expect(metrics).toContain(`\ndashly_gateway_${sample} ${value}\n`);
  }
  expect(metrics).not.toContain('words-of');
  expect(collector.spans.filter((span) => span.traceId === traceId)).toHaveLength(10);
});

test('undocumented values of Dashly are counted by field, and logged once without the value', async () => {
  const started = await startCommand({ METRICS_PORT: '0' });
  for (const _time of [1, 2]) {
    await askJson(`${started.origin}/graphql`, { query, variables: { id: '3' } });
  }
  const shapes = await startUpstream(answerReply({ part_group: { words: 'words-of-another' } }));
  const other = await startCommand({ METRICS_PORT: '0', DASHLY_API_URL: shapes.url });
  for (const _time of [1, 2]) {
    await askJson(`${other.origin}/graphql`, { query, variables: { id: '3' } });
  }

  const metrics = await metricsOf(started);
  for (const field of ['type', 'direction', 'sentVia', 'replyType', 'adminType', 'actions']) {
    expect(metrics).toContain(`\ndashly_gateway_unknown_values_total{field="${field}"} 2\n`);
  }
  expect(metrics).toContain('\ndashly_gateway_unknown_values_total{field="exception"} 0\n');
  expect(metrics).not.toMatch(/other_shapes_total\S* [1-9]/);
  expect(await metricsOf(other)).toContain('\ndashly_gateway_other_shapes_total{field="partGroup"} 2\n');

  const end = 'The first one is in conversation 3; further ones are only counted.';
  const warningsOf = (command: StartedCommand) => {
    const warnings = command.lines().filter(({ level }) => level === 'warn');
    return warnings.map(({ msg }) => msg).sort();
  };
  await until(() => {
    expect(linesOf(started)).toHaveLength(2);
    expect(linesOf(other)).toHaveLength(2);
  });
  expect(warningsOf(started)).toEqual(
    ['actions', 'adminType', 'direction', 'replyType', 'sentVia', 'type'].map(
      (field) => `Dashly sends a value of "${field}" that is not in the schema. ${end}`,
    ),
  );
  expect(warningsOf(other)).toEqual([
    `Dashly sends "partGroup" in another shape than its API documents. ${end}`,
  ]);
  for (const text of [started.output.out, metrics, other.output.out, await metricsOf(other)]) {
    expect(text).not.toMatch(/smart_mirror|hologram|words-of/);
  }
});

test('a client that disconnected is logged, though the reply was sent', async () => {
  const held: (() => void)[] = [];
  const upstream = await startUpstream((...exchange) => held.push(() => answerReply()(...exchange)));
  const started = await startCommand({
    DASHLY_API_URL: upstream.url,
    DASHLY_TIMEOUT_MS: '60000',
    RECOVERY_TIMEOUT_MS: '0',
    METRICS_PORT: '0',
  });
  const params = { query, variables: { id: '1' } };
  const headers = { authorization: 'Token caller' };
  const connections = async () =>
    Number(/^dashly_gateway_client_connections (\d+)$/m.exec(await metricsOf(started))?.[1]);
  const sendAndLeave = async () => {
    const client = new RawClient(started.origin);
    await client.write(postBytes(JSON.stringify(params), headers));
    await until(() => expect(held).toHaveLength(1));
    const before = await connections();
    client.goAway();
    await until(async () => expect(await connections()).toBeLessThan(before));
    held.pop()?.();
  };
  await sendAndLeave();
  const answered = askJson(`${started.origin}/graphql`, params, headers);
  await until(() => expect(held).toHaveLength(1));
  held.pop()?.();
  await answered;
  // Now the document is cached, and is executed differently.
  await sendAndLeave();
  await until(() => expect(linesOf(started)).toHaveLength(3));
  expect(linesOf(started).map((line) => [line['aborted'], line[status], line['delivery']])).toEqual([
    [true, undefined, 'DELIVERED'],
    [undefined, 200, 'DELIVERED'],
    [true, undefined, 'DELIVERED'],
  ]);
});

test('a stuck reader of the log does not delay requests, and delays the stop by at most a second', async () => {
  const { origin, child, ended } = await startCommand({ MAX_REPLIES_PER_OPERATION: '50' });
  child.stdout?.pause();
  // About 8 KB of log each: together more than the pipe holds.
  for (let count = 0; count < 100; count++) {
    const { text } = await askJson(`${origin}/graphql`, { query: sized.replies(50) });
    expect(text).not.toContain('"errors"');
  }
  const began = performance.now();
  child.kill('SIGTERM');
  child.once('exit', () => child.stdout?.resume());
  expect(await ended).toBe(0);
  const milliseconds = performance.now() - began;
  expect(milliseconds).toBeGreaterThan(950);
  expect(milliseconds).toBeLessThan(5_000);
});

test('loads no OpenTelemetry and opens no port unless configured', async () => {
  const NODE_OPTIONS = reportLoads(/opentelemetry.(?:sdk|exporter)/);
  const started = await startCommand({ NODE_OPTIONS });
  expect(started.output).toMatchObject({ err: '' });
  expect(started.output.out).not.toContain('/metrics');
  const traced = await startCommand({ NODE_OPTIONS, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
  expect(traced.output.err).toContain('opentelemetry/sdk');
});

const read = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../src/telemetry/${name}`, import.meta.url)), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
}

/** The expressions, each with the name of its rule, panel or variable. */
const expressions: readonly (readonly [where: string, expression: string])[] = [
  ...parse(read('alert-rules.yaml')).groups.flatMap(({ rules }: { rules: Rule[] }) =>
    rules.map(({ alert, expr }) => [alert, expr]),
  ),
  ...JSON.parse(read('grafana-dashboard.json')).panels.flatMap(
    ({ title, targets }: { title: string; targets: { expr: string }[] }) =>
      targets.map(({ expr }) => [title, expr]),
  ),
  ...JSON.parse(read('grafana-dashboard.json')).templating.list.flatMap(
    ({ name, definition }: { name: string; definition?: string }) => (definition ? [[name, definition]] : []),
  ),
];

/** Labels that Prometheus adds to each sample. */
const targetLabels = ['job', 'instance'];

test('the dashboard and the rules use only existing metrics and labels, and all metrics of the gateway', async () => {
  const started = await startCommand({ METRICS_PORT: '0' });
  await askJson(`${started.origin}/graphql`, { query, variables: { id: '1' } });
  const labels = new Map<string, Set<string>>([['up', new Set(targetLabels)]]);
  for (const line of (await metricsOf(started)).split('\n')) {
    const [, name, text = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (!name) continue;
    const known = labels.get(name) ?? new Set(targetLabels);
    for (const [, label = ''] of text.matchAll(/(\w+)="/g)) known.add(label);
    labels.set(name, known);
  }
  const wrong = expressions.flatMap(([where, expression]) => {
    const names = [...expression.matchAll(/\b(up|(?:dashly|nodejs|process)_\w+)(?:\{([^}]*)\})?/g)];
    if (names.length === 0) return [`${where} names no metric`];
    return names.flatMap(([, name = '', selector = '']) => {
      const known = labels.get(name);
      if (!known) return [`${where}: ${name}`];
      const used = [...selector.matchAll(/(\w+)(?:=~|!~|!=|=)/g)].map(([, label = '']) => label);
      return used.filter((label) => !known.has(label)).map((label) => `${where}: ${name}{${label}}`);
    });
  });
  expect(wrong).toEqual([]);
  expect(expressions.length).toBeGreaterThan(25);
  const all = expressions.map(([, expression]) => expression).join('\n');
  const own = [...labels.keys()].filter((name) => /^dashly_gateway.*(?<!_bucket|_sum|_count)$/.test(name));
  expect(own.filter((name) => !all.includes(name))).toEqual([]);
  expect(own.length).toBeGreaterThan(8);
});

test('every rule has a severity, a summary and a description', () => {
  for (const { rules } of parse(read('alert-rules.yaml')).groups) {
    for (const rule of rules) {
      expect(rule).toMatchObject({
        alert: expect.stringMatching(/^Dashly\w+$/),
        labels: { severity: expect.stringMatching(/^(?:warning|critical)$/) },
        annotations: { summary: expect.any(String), description: expect.any(String) },
      });
    }
  }
});

test('every panel uses the data source of the dashboard', () => {
  const { panels, templating } = JSON.parse(read('grafana-dashboard.json'));
  expect(templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
  expect(new Set(panels.map((panel: { id: number }) => panel.id)).size).toBe(panels.length);
  for (const panel of panels) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the dashboard
    expect(panel.datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
  }
});
