/** Measures the gateway's start: from the start of its process to the 200 of `/ready`. */

import type { ServerCommand } from '../servers/bench-server.ts';
import { startServer } from '../servers/start-server.ts';
import type { Bench } from './measure-cell.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** @returns Milliseconds. */
export async function measureStart(
  { stub, cores }: Bench,
  gateway: ServerCommand,
  times: number,
): Promise<Spread | null> {
  const starts: number[] = [];
  for (let time = 0; time < times; time++) {
    const running = await startServer(gateway, stub.url, cores);
    starts.push(running.readyMs);
    await running.stop();
  }
  return spreadOf(starts);
}
