/**
 * The benchmark, `npm run bench`: measures the gateway and its alternatives, and writes `RESULTS.md`.
 *
 * `--quick` takes four minutes and compares with the existing `RESULTS.md`. `--only <pattern>` measures what matches `<case> <server>`,
 * `start` or `memory`; `--rounds` and `--seconds` change the number of rounds and their duration; and `--gateway <folder>` measures another
 * checkout instead of this one. With any of these options nothing is written.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchCases, mainCase } from './bench-cases.ts';
import { divideCores } from './load/cores.ts';
import { findLoadTool } from './load/run-load.ts';
import { describeMachine } from './machine.ts';
import { measureMemory } from './measure/measure-memory.ts';
import { measureStart } from './measure/measure-start.ts';
import type { MeasuredCell } from './measure/measurement.ts';
import { runRounds } from './measure/run-rounds.ts';
import { spreadOf } from './measure/statistics.ts';
import { summarize } from './measure/summarize.ts';
import { readOptions } from './options.ts';
import { compareResults } from './results/compare-results.ts';
import { printResults, printResultsFile } from './results/print-results.ts';
import { readResults } from './results/results-file.ts';
import { selectCases } from './select-cases.ts';
import { createServers } from './servers/bench-servers.ts';
import { startStub } from './servers/start-stub.ts';
import { settings } from './settings.ts';

const resultsPath = fileURLToPath(new URL('RESULTS.md', import.meta.url));
const options = readOptions(process.argv.slice(2));
const cores = divideCores();
const bench = { stub: await startStub(cores.others), cores, tool: findLoadTool(), seconds: options.seconds };
const root = options.gateway ?? fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bench-servers-'));
process.once('exit', () => rmSync(folder, { recursive: true }));
const servers = createServers(root, folder);
const titles = new Map(servers.map(({ name, title }) => [name, title]));
const cases = selectCases(benchCases, options);
const plan = {
  servers: servers.filter(({ name }) => cases.some((benchCase) => benchCase.servers.includes(name))),
  cases,
  rounds: options.rounds,
};

const machine = describeMachine(cores, bench.tool);
for (const [name, value] of machine) console.log(`${name}: ${value}`);

const cells = await runRounds(bench, plan, printProgress);
const rows = summarize(cells, benchCases);
const gateway = servers.find(({ name }) => name === 'gateway');
const small = benchCases.find(({ name }) => name === mainCase);
const isWanted = (name: string): boolean => !options.isQuick && (options.only?.test(name) ?? true);
const startMs =
  gateway?.process && isWanted('start') ? await measureStart(bench, gateway.process, settings.starts) : null;
const memory =
  gateway && small && isWanted('memory')
    ? await measureMemory(bench, gateway, small, {
        requests: settings.memoryRequests,
        step: settings.memoryStep,
      })
    : [];
bench.stub.stop();

const results = { rows, startMs, memory };
console.log(`\n${printResults(results, { cases: benchCases, titles })}`);
if (options.isQuick) console.log(compareWithFile());
if (options.isFull) {
  writeFileSync(
    resultsPath,
    printResultsFile(results, { cases: benchCases, titles }, [...machine, quietness()]),
  );
  console.log(`Written to ${resultsPath}.`);
}

function printProgress({ round, server, case: name, measurement }: MeasuredCell): void {
  const { requestsPerSecond, p99Ms, cpuShare } = measurement;
  const share = cpuShare === null ? '' : `, ${Math.round(cpuShare * 100)} % of a core`;
  const rate = `${requestsPerSecond.toFixed(0).padStart(7)}/s, p99 ${p99Ms.toFixed(2)} ms${share}`;
  console.log(`round ${round + 1}: ${server.padEnd(16)} ${name.padEnd(16)} ${rate}`);
}

/** Shows whether other processes used the machine. */
function quietness(): [name: string, value: string] {
  const shares = cells
    .filter(({ server, case: name }) => server === 'bare-proxy' && name === mainCase)
    .map(({ measurement }) => measurement.cpuShare ?? Number.NaN);
  const percent = Math.round((spreadOf(shares)?.median ?? Number.NaN) * 100);
  return [
    'quiet',
    `in the first table the proxy used its core for ${percent} % of the time; with much less than 100 %, other processes delayed it`,
  ];
}

function compareWithFile(): string {
  const before = existsSync(resultsPath) ? readResults(readFileSync(resultsPath, 'utf8')) : null;
  return before ? compareResults(results, before, titles) : 'There is no RESULTS.md to compare with.';
}
