/** The parts of the benchmark that do not measure: the requests, and the evaluation of the figures. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { benchCases, mainCase } from './bench-cases.ts';
import type { MeasuredCell } from './measure/measurement.ts';
import { spreadOf } from './measure/statistics.ts';
import { summarize } from './measure/summarize.ts';
import { type Operation, operations } from './operations.ts';
import { readOptions } from './options.ts';
import { compareResults } from './results/compare-results.ts';
import { judge } from './results/goals.ts';
import { printResultsFile } from './results/print-results.ts';
import { readResults } from './results/results-file.ts';
import { printTables } from './results/results-table.ts';
import { selectCases } from './select-cases.ts';
import { createServers } from './servers/bench-servers.ts';
import { answerTo } from './servers/upstream-answer.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));

/** Case and server with the requests/s of each round; the times in milliseconds are twice as large. */
function measure(benchCase: string, server: string, rates: readonly number[]): MeasuredCell[] {
  return rates.map((rate, round) => ({
    case: benchCase,
    server,
    round,
    measurement: {
      requestsPerSecond: rate,
      p50Ms: rate * 2,
      p99Ms: rate * 2,
      cpuSecondsPer1000: server === 'direct' ? null : 1 / rate,
      peakMegabytes: server === 'direct' ? null : 100,
      cpuShare: null,
    },
  }));
}

const cells = [
  ...measure('small/32', 'bare-proxy', [100, 200, 400]),
  ...measure('small/32', 'mercurius', [50, 90, 180]),
  ...measure('small/32', 'gateway', [60, 140, 200]),
  ...measure('trusted', 'gateway-trusted', [50, 100, 300]),
  ...measure('upload/10MB', 'direct', [10, 10, 10]),
  ...measure('upload/10MB', 'gateway', [8, 8, 8]),
];
const rows = summarize(cells, benchCases);
const row = (server: string) => rows.find((one) => one.server === server);

describe('the requests', () => {
  const named: [string, Operation][] = Object.entries(operations);

  test.each(named)('%s is a valid operation', (_name, { name, document }) => {
    const parsed = parse(document);
    expect(validate(schema, parsed)).toEqual([]);
    expect(parsed.definitions).toMatchObject([{ name: { value: name } }]);
  });

  test.each(named)('the upstream expects exactly what %s sends', (_name, { input, form }) => {
    const fields = new Map(Object.entries(form));
    expect(answerTo(input.conversationId, fields)).toMatchObject({ isExpected: true });
    fields.delete('body');
    expect(answerTo(input.conversationId, fields)).toMatchObject({ isExpected: false, status: 400 });
  });

  test.each(['gateway', 'gateway-trusted', 'mercurius', 'by-hand', 'hive-gateway'])(
    '%s sends the same reply',
    (name) => {
      const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const server = createServers(root, folder).find((one) => one.name === name);
      const benchCase = benchCases.find((one) => one.name === mainCase);
      if (!server || !benchCase) throw new Error('There is no such server.');
      const { query, variables } = JSON.parse(server.request(benchCase).body.toString());
      if (query !== undefined) expect(parse(query).definitions).toHaveLength(1);
      expect(JSON.stringify(variables)).toContain(operations.small.form.body);
    },
  );

  test('a selection of the cases includes its baseline', () => {
    const select = (only: RegExp) =>
      selectCases(benchCases, { only, isQuick: false }).map(({ name, servers }) => [name, servers]);
    expect(select(/^small\/1 gateway/)).toEqual([['small/1', ['bare-proxy', 'gateway']]]);
    expect(select(/^trusted/)).toEqual([
      ['small/32', ['bare-proxy']],
      ['trusted', ['gateway-trusted']],
    ]);
    expect(select(/^upload\/10MB yoga/)).toEqual([['upload/10MB', ['direct', 'yoga']]]);
    expect(select(/nothing/)).toEqual([]);
  });

  test.each<[args: string[], isFull: boolean]>([
    [[], true],
    [['--rounds', '7'], true],
    [['--rounds', '1'], false],
    [['--seconds', '1'], false],
    [['--only', 'small'], false],
    [['--quick'], false],
    [['--gateway', '/elsewhere'], false],
  ])('with %j the results are written to the file: %s', (args, isFull) => {
    expect(readOptions(args).isFull).toBe(isFull);
  });

  test.each([[['--rounds', '0']], [['--seconds', '1.5']], [['--what']]])('%j is rejected', (args) => {
    expect(() => readOptions(args)).toThrow(TypeError);
  });
});

describe('the evaluation of the figures', () => {
  test.each([
    [[3, 1, 2], { median: 2, min: 1, max: 3 }],
    [[4, 1, 3, 2], { median: 2.5, min: 1, max: 4 }],
    [[7], { median: 7, min: 7, max: 7 }],
    [[], null],
  ])('the median of %j has its smallest and largest value', (numbers, spread) => {
    expect(spreadOf(numbers)).toEqual(spread);
  });

  test('each round is compared with its own baseline', () => {
    expect(row('gateway')?.figures.requestsPerSecond).toEqual({ median: 140, min: 60, max: 200 });
    // 60 of 100, 140 of 200, 200 of 400: the ratio of the medians is none of them.
    expect(row('gateway')?.ratios.requestsPerSecond).toEqual({ median: 0.6, min: 0.5, max: 0.7 });
    expect(row('bare-proxy')?.ratios.p99Ms).toEqual({ median: 1, min: 1, max: 1 });
  });

  test('a trusted document is compared with the small reply of the proxy', () => {
    expect(row('gateway-trusted')?.ratios.requestsPerSecond).toEqual({ median: 0.5, min: 0.5, max: 0.75 });
  });

  test('without a baseline process, there are no ratios of CPU and memory', () => {
    const upload = summarize(cells, benchCases).filter((one) => one.case === 'upload/10MB');
    expect(upload.map(({ ratios }) => ratios.requestsPerSecond?.median)).toEqual([1, 0.8]);
    expect(upload.map(({ ratios }) => ratios.peakMegabytes)).toEqual([null, null]);
  });

  test('goals are judged by the medians of the ratios', () => {
    const small = rows.filter((one) => one.case === 'small/32');
    const judged = small.map((one) => judge(one, small));
    expect(judged).toEqual([
      '',
      '',
      '≥ 0.65 of the baseline: NO; ahead of all with GraphQL: yes; p99 ≤ 1.5 × the proxy: yes',
    ]);
  });

  test('the table has a line for each server, with ratio and spread', () => {
    const table = printTables(rows, benchCases, new Map([['gateway', 'ours']]));
    expect(table).toContain('### Attachment of 10 MB');
    expect(table).toMatch(/^\| ours +\| 140 \*\*×0\.60 \(0\.50–0\.70\)\*\* \|/m);
    expect(table).not.toContain('50 ms');
    expect(table).not.toMatch(/NaN|undefined|null/);
  });

  test('the written results can be parsed, and new ones compared with them', () => {
    const results = {
      rows,
      startMs: { median: 612.5, min: 600, max: 700 },
      memory: [0, 500_000, 1_000_000].map((requests) => ({ requests, megabytes: 120 })),
    };
    const subjects = { cases: benchCases, titles: new Map([['gateway', 'ours']]) };
    const text = printResultsFile(results, subjects, [['date', '2026-01-01 --> <!-- results nothing']]);
    expect(text).toContain('Goal: under 1 s: yes');
    expect(text).toContain('flat (the second half adds less than a tenth): yes');
    const before = readResults(text);
    expect(before).toMatchObject({ memory: results.memory, startMs: results.startMs });
    expect(before?.rows).toHaveLength(rows.length);
    if (!before) throw new Error('There is nothing to compare with.');

    const slower = cells.map((cell) => ({
      ...cell,
      measurement: {
        ...cell.measurement,
        requestsPerSecond: cell.measurement.requestsPerSecond * (cell.server === 'gateway' ? 0.5 : 1),
      },
    }));
    const now = { ...results, rows: summarize(slower, benchCases) };
    const moved = compareResults(now, before, subjects.titles);
    expect(moved).toMatch(
      /^\| small\/32 +\| ours +\| 0\.30 \(0\.25–0\.35\) +\| 0\.60 \(0\.50–0\.70\) +\| -50 % /m,
    );
    expect(moved).toMatch(/^\| small\/32 +\| mercurius .*\| 0 % /m);
    expect(moved).not.toContain('bare-proxy');
  });

  test.each(['', '# Results', '<!-- results {'])('there are no results in %j', (text) => {
    expect(readResults(text)).toBeNull();
  });
});
