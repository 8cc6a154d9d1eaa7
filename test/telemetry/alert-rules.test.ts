/** The alert rules, evaluated by Prometheus' own tool, and their runbooks. */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { anchorsIn, readPage } from '../docs/sections.ts';
import { isMissing } from '../support/is-missing.ts';
import { makeTemporaryFolder } from '../support/make-temporary-folder.ts';

const rulesPath = fileURLToPath(new URL('../../src/telemetry/alert-rules.yaml', import.meta.url));
const rules: { alert: string; annotations: Record<string, string> }[] = parse(
  readFileSync(rulesPath, 'utf8'),
).groups.flatMap((group: { rules: unknown }) => group.rules);

const promtool = '/usr/bin/promtool';

/** Samples of a counter, one per minute, in the notation of promtool. */
type Series = readonly [selector: string, values: string];

/** Expects that exactly the alerts with these labels fire in the given minutes. */
function expectAlerts(alert: string, series: readonly Series[], expected: Record<string, object[]>): void {
  const target = 'job="dashly-graphql-gateway",instance="a"';
  const folder = makeTemporaryFolder();
  const tests = {
    interval: '1m',
    input_series: series.map(([selector, values]) => ({
      series: selector.replace('{', `{${target},`),
      values,
    })),
    promql_expr_test: Object.entries(expected).map(([minute, labels]) => ({
      expr: `ALERTS{alertname="${alert}",alertstate="firing"}`,
      eval_time: `${minute}m`,
      exp_samples: labels.map((own) => ({
        labels: `ALERTS${JSON.stringify({ alertname: alert, alertstate: 'firing', job: 'dashly-graphql-gateway', ...own }).replace(/"(\w+)":/g, '$1=')}`,
        value: 1,
      })),
    })),
  };
  const file = join(folder, 'tests.json');
  writeFileSync(file, JSON.stringify({ rule_files: [rulesPath], evaluation_interval: '1m', tests: [tests] }));
  const run = () => execFileSync(promtool, ['test', 'rules', file], { encoding: 'utf8', stdio: 'pipe' });
  expect(run()).toContain('SUCCESS');
}

describe.skipIf(isMissing(promtool))('in Prometheus (needs Debian package prometheus)', () => {
  test('every rule is valid', () => {
    expect(execFileSync(promtool, ['check', 'rules', rulesPath], { encoding: 'utf8' })).toContain(
      `SUCCESS: ${rules.length} rules found`,
    );
  });

  test('the first unknown value of a field raises an alert for it', () => {
    expectAlerts(
      'DashlySendsUnknownValues',
      [
        ['dashly_gateway_unknown_values_total{field="sentVia"}', '0x9 1x200'],
        ['dashly_gateway_unknown_values_total{field="type"}', '0x210'],
      ],
      { 5: [], 12: [{ field: 'sentVia', severity: 'warning' }], 90: [] },
    );
  });

  test('the first value of another shape raises an alert for its field', () => {
    expectAlerts(
      'DashlySendsOtherShapes',
      [['dashly_gateway_other_shapes_total{field="from"}', '0x9 1x200']],
      { 5: [], 12: [{ field: 'from', severity: 'warning' }], 90: [] },
    );
  });

  const sent = 'dashly_gateway_operations_total{result="ReplyToConversationPayload"}';
  const healthy: readonly Series[] = [
    [sent, '0+1000x300'],
    ['dashly_gateway_operations_total{result="none"}', '0+1000x300'],
    ['dashly_gateway_operations_total{result="http_401"}', '0+1000x300'],
    ['dashly_gateway_operations_total{result="http_503"}', '0x300'],
    ['dashly_gateway_deliveries_unknown_total{}', '0x300'],
    ['dashly_gateway_unavailable_total{reason="OVERLOADED"}', '0x300'],
    // A failure of Dashly, whose outcome is known, is not the gateway's.
    ['dashly_gateway_unavailable_total{reason="SERVER_ERROR"}', '0+1000x300'],
  ];
  /** The samples of a healthy gateway, with other values for one series. */
  const healthyBut = (selector: string, values: string) =>
    healthy.map(([own, usual]): Series => [own, own === selector ? values : usual]);

  test('a healthy gateway, and one without traffic, raise no alert of the service level', () => {
    const none = { 30: [], 120: [] };
    expectAlerts('DashlyGatewayServiceLevel', healthy, none);
    const idle = healthy.map(([selector]): Series => [selector, '0x300']);
    expectAlerts('DashlyGatewayServiceLevel', idle, none);
  });

  test.each([
    'dashly_gateway_deliveries_unknown_total{}',
    'dashly_gateway_unavailable_total{reason="OVERLOADED"}',
    'dashly_gateway_operations_total{result="http_503"}',
  ])('%s: 20 in 1,000 replies raise the alert of the service level, 10 do not', (selector) => {
    const firing = { severity: 'critical' };
    // From minute 60 to 120.
    const during = (perMinute: number) => `0x59 0+${perMinute}x60 ${60 * perMinute}x200`;
    expectAlerts('DashlyGatewayServiceLevel', healthyBut(selector, during(10)), { 119: [] });
    expectAlerts('DashlyGatewayServiceLevel', healthyBut(selector, during(20)), {
      50: [],
      119: [firing],
      // Five minutes after the end.
      128: [],
    });
  });
});

test('the runbook of each rule is a heading of the page for operators', () => {
  const page = 'docs/production.md';
  const anchors = anchorsIn(readPage(page));
  for (const { alert, annotations } of rules) {
    expect(annotations['runbook_url']).toBe(`${page}#${alert.toLowerCase()}`);
    expect(anchors).toContain(alert.toLowerCase());
  }
});
