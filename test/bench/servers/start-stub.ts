/** Starts the upstream stub, configures its responses, and reads its counters. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onCores } from '../load/cores.ts';

/** The behaviour of the stub from now on. */
export interface StubOrder {
  readonly delayMs: number;
  /** The length of files. */
  readonly fileBytes: number;
  /** Whether each file is parsed and compared, which takes time. */
  readonly isStrict: boolean;
}

/** The requests since the last order. */
export interface StubCounts {
  /** Correct requests. */
  readonly expected: number;
  /** Other requests. */
  readonly unexpected: number;
  /** Requests in flight, whenever they began. */
  readonly inFlight: number;
}

export interface Stub {
  /** For `DASHLY_API_URL`, with the version. */
  readonly url: string;
  order(order: StubOrder): Promise<void>;
  counts(): Promise<StubCounts>;
  stop(): void;
}

export async function startStub(cores: string | null): Promise<Stub> {
  const path = fileURLToPath(new URL('upstream-stub.ts', import.meta.url));
  const [command, ...args] = onCores(cores, [process.execPath, path]);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  const [port] = await once(child.stdout, 'data');
  const origin = `http://127.0.0.1:${Number(port)}`;
  const control = async (order?: StubOrder): Promise<StubCounts> => {
    const body = order ? JSON.stringify(order) : null;
    const response = await fetch(`${origin}/control`, { method: 'POST', body });
    return (await response.json()) as StubCounts;
  };
  return {
    url: `${origin}/v2`,
    order: async (order) => void (await control(order)),
    counts: () => control(),
    stop,
  };
}
