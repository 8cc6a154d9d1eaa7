/** Measures the servers one after another, round by round, in a rotating order. */

import type { BenchCase } from '../bench-cases.ts';
import type { BenchServer } from '../servers/bench-server.ts';
import { startServer } from '../servers/start-server.ts';
import { settings } from '../settings.ts';
import { type Bench, measureCell, type Target, warmUp } from './measure-cell.ts';
import type { MeasuredCell } from './measurement.ts';

/** The servers and cases to measure. */
export interface Plan {
  readonly servers: readonly BenchServer[];
  readonly cases: readonly BenchCase[];
  readonly rounds: number;
}

/** @param report - Called with each finished cell. */
export async function runRounds(
  bench: Bench,
  { servers, cases, rounds }: Plan,
  report: (cell: MeasuredCell) => void,
): Promise<MeasuredCell[]> {
  const cells: MeasuredCell[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = round % servers.length;
    for (const server of [...servers.slice(first), ...servers.slice(0, first)]) {
      const own = cases.filter((benchCase) => benchCase.servers.includes(server.name));
      await onServer(bench, server, async (target) => {
        let last: BenchCase | null = null;
        for (const benchCase of own) {
          await prepare(bench, target, server, benchCase, last);
          const measurement = await measureCell(bench, target, server, benchCase).catch((cause) => {
            throw new Error(`${server.name} failed in ${benchCase.name}. ${target.said()}`, { cause });
          });
          const cell = { case: benchCase.name, server: server.name, round, measurement };
          cells.push(cell);
          report(cell);
          last = benchCase;
        }
      });
    }
  }
  return cells;
}

async function onServer(
  { stub, cores }: Bench,
  { process: command }: BenchServer,
  use: (target: Target) => Promise<void>,
): Promise<void> {
  if (!command) return use({ origin: stub.url, pid: null, said: () => '' });
  const running = await startServer(command, stub.url, cores);
  try {
    await use(running);
  } finally {
    await running.stop();
  }
}

async function prepare(
  bench: Bench,
  target: Target,
  server: BenchServer,
  benchCase: BenchCase,
  last: BenchCase | null,
): Promise<void> {
  if (last?.operation === benchCase.operation && last.fileBytes === benchCase.fileBytes) return;
  await warmUp(bench, target, server, benchCase, last ? settings.change : settings.warmUp);
}
