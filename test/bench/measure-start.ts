/** Measures the gateway's start: from the start of its process to the 200 of `/ready`. */

import type { ServerCommand } from './bench-server.ts';
import type { Bench } from './measure-cell.ts';
import { startServer } from './start-server.ts';
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
