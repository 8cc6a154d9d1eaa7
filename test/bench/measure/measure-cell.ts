/** Measures one server in one case: checks its response, sends load, and verifies that the upstream received all requests. */

import { setTimeout as delay } from 'node:timers/promises';
import type { BenchCase } from '../bench-cases.ts';
import type { Cores } from '../load/cores.ts';
import type { LoadRequest } from '../load/load-request.ts';
import { cpuSeconds, peakMegabytes, resetPeakMemory } from '../load/process-usage.ts';
import { type LoadTool, runLoad } from '../load/run-load.ts';
import { partId, variedDigits } from '../operations.ts';
import type { BenchServer } from '../servers/bench-server.ts';
import type { Stub } from '../servers/start-stub.ts';
import type { Measurement } from './measurement.ts';

/** The resources of a measurement. */
export interface Bench {
  readonly stub: Stub;
  readonly cores: Cores;
  readonly tool: LoadTool;
  /** Duration of the load in a cell. */
  readonly seconds: number;
}

/** The address of a server; `pid` is null for the upstream itself. */
export interface Target {
  readonly origin: string;
  readonly pid: number | null;
  /** The end of its stderr. */
  said(): string;
}

/** Loads before a measurement, each of this many whole seconds. */
export interface WarmUp {
  readonly loads: number;
  readonly seconds: number;
}

/** @throws If a response is wrong. */
export async function warmUp(
  { stub, cores, tool }: Bench,
  { origin }: Target,
  server: BenchServer,
  benchCase: BenchCase,
  { loads, seconds }: WarmUp,
): Promise<void> {
  const { fileBytes, connections } = benchCase;
  const request = server.request(benchCase);
  for (let load = 0; load < loads; load++) {
    await checkAnswer(stub, origin, server, benchCase, request);
    await stub.order({ delayMs: 0, fileBytes, isStrict: false });
    await runLoad(tool, { origin, request, connections, seconds, cores: cores.others });
  }
}

/** @throws If a response is wrong, or a request failed. */
export async function measureCell(
  { stub, cores, tool, seconds }: Bench,
  { origin, pid }: Target,
  server: BenchServer,
  benchCase: BenchCase,
): Promise<Measurement> {
  const { delayMs, fileBytes, connections, stretch } = benchCase;
  const request = server.request(benchCase);
  await checkAnswer(stub, origin, server, benchCase, request);
  await stub.order({ delayMs, fileBytes, isStrict: false });
  if (pid) resetPeakMemory(pid);
  const cpuBefore = pid ? cpuSeconds(pid) : 0;
  const report = await runLoad(tool, {
    origin,
    request,
    connections,
    seconds: seconds * stretch,
    cores: cores.others,
  });
  const cpu = pid ? cpuSeconds(pid) - cpuBefore : null;
  const peak = pid ? peakMegabytes(pid) : null;
  const { expected, unexpected } = await stub.counts();
  if (report.failures > 0) throw new Error(`${report.failures} of ${report.requests} requests failed.`);
  if (expected < report.requests || unexpected > 0) {
    throw new Error(
      `${report.requests} requests got a response, but the upstream received ${expected} of them, and ${unexpected} wrong ones.`,
    );
  }
  await checkAnswer(stub, origin, server, benchCase, request);
  return {
    requestsPerSecond: report.requests / report.seconds,
    p50Ms: report.p50Ms,
    p99Ms: report.p99Ms,
    cpuSecondsPer1000: cpu && (cpu / report.requests) * 1000,
    peakMegabytes: peak,
    cpuShare: cpu && cpu / report.seconds,
  };
}

/** @throws If the response of the server is wrong, or its request to the upstream. */
async function checkAnswer(
  stub: Stub,
  origin: string,
  server: BenchServer,
  benchCase: BenchCase,
  request: LoadRequest,
): Promise<void> {
  await settle(stub);
  await stub.order({ delayMs: 0, fileBytes: benchCase.fileBytes, isStrict: true });
  server.check(await ask(origin, request), benchCase);
  const { expected, unexpected } = await stub.counts();
  if (expected === 0 || unexpected > 0) throw new Error('The upstream did not receive the expected request.');
}

/** When a load ends, some of its requests are still in flight: waits until no more arrive. */
async function settle(stub: Stub): Promise<void> {
  let last = -1;
  let quiet = 0;
  while (quiet < 2) {
    const { expected, unexpected, inFlight } = await stub.counts();
    quiet = expected + unexpected === last && inFlight === 0 ? quiet + 1 : 0;
    last = expected + unexpected;
    await delay(100);
  }
}

const partIds = new RegExp(`${partId.slice(0, -variedDigits)}\\d{${variedDigits}}`);

async function ask(origin: string, { path, headers, body }: LoadRequest): Promise<unknown> {
  const response = await fetch(origin + path, { method: 'POST', headers, body: new Uint8Array(body) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`The status is ${response.status}: ${text}`);
  return JSON.parse(text.replace(partIds, partId));
}
