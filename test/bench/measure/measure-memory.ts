/** Measures the gateway's resident set over a large number of requests. */

import { setTimeout as delay } from 'node:timers/promises';
import type { BenchCase } from '../bench-cases.ts';
import { residentMegabytes } from '../load/process-usage.ts';
import { runLoad } from '../load/run-load.ts';
import type { BenchServer } from '../servers/bench-server.ts';
import { startServer } from '../servers/start-server.ts';
import type { Bench } from './measure-cell.ts';

/** One measurement. */
export interface MemorySample {
  /** The approximate number of answered requests. */
  readonly requests: number;
  readonly megabytes: number;
}

/** The total number of requests, and the number between two measurements. */
export interface MemoryPlan {
  readonly requests: number;
  readonly step: number;
}

/** @param benchCase - The request of the load. @throws If the gateway stops responding. */
export async function measureMemory(
  { stub, cores, tool }: Bench,
  gateway: BenchServer,
  benchCase: BenchCase,
  { requests, step }: MemoryPlan,
): Promise<MemorySample[]> {
  if (!gateway.process) return [];
  const { pid, origin, stop } = await startServer(gateway.process, stub.url, cores);
  await stub.order({ delayMs: 0, fileBytes: 0, isStrict: false });
  const samples: MemorySample[] = [{ requests: 0, megabytes: residentMegabytes(pid) }];
  const end = new AbortController();
  const { connections } = benchCase;
  const request = gateway.request(benchCase);
  const load = { origin, request, connections, seconds: 3600, cores: cores.others };
  const loading = runLoad(tool, load, end.signal);
  try {
    for (let next = step; next <= requests; ) {
      await Promise.race([delay(50), loading]);
      const { expected, unexpected } = await stub.counts();
      if (unexpected > 0) throw new Error('The gateway sent a wrong request.');
      if (expected < next) continue;
      samples.push({ requests: next, megabytes: residentMegabytes(pid) });
      next += step;
    }
  } finally {
    end.abort();
    await loading;
    await stop();
  }
  return samples;
}
