/** Repeats one request from another process: by Debian's wrk, or by autocannon if wrk is missing. */

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onCores } from './cores.ts';
import type { LoadRequest } from './load-request.ts';

export interface Load {
  /** Origin of the server, without a slash at the end. */
  readonly origin: string;
  readonly request: LoadRequest;
  readonly connections: number;
  readonly seconds: number;
  readonly cores: string | null;
}

export interface LoadReport {
  /** The number of responses. */
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Responses with a status of 400 or more, broken connections, and requests without a response. */
  readonly failures: number;
}

export type LoadTool = 'wrk' | 'autocannon';

/** wrk if it is installed: it uses less of the machine, and measures in microseconds. */
export function findLoadTool(): LoadTool {
  return spawnSync('wrk', ['--version']).error ? 'autocannon' : 'wrk';
}

/** @param signal - Ends the load early; the report is then null. */
export async function runLoad(tool: LoadTool, load: Load): Promise<LoadReport>;
export async function runLoad(tool: LoadTool, load: Load, signal: AbortSignal): Promise<LoadReport | null>;
export async function runLoad(tool: LoadTool, load: Load, signal?: AbortSignal): Promise<LoadReport | null> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-load-'));
  try {
    const bodyPath = join(folder, 'body');
    writeFileSync(bodyPath, load.request.body);
    const [command, ...args] = onCores(load.cores, commands[tool](load, bodyPath));
    const output = await collect(command, args, signal);
    return signal?.aborted ? null : JSON.parse(output.trim().split('\n').at(-1) ?? '');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each tool prints its report as a line of JSON at the end. */
const commands: Record<LoadTool, (load: Load, bodyPath: string) => [string, ...string[]]> = {
  wrk({ origin, request, connections, seconds }, bodyPath) {
    const script = fileURLToPath(new URL('wrk-report.lua', import.meta.url));
    const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', script];
    return ['wrk', ...options, origin + request.path, '--', bodyPath, ...headerLines(request)];
  },
  autocannon({ origin, request, connections, seconds }, bodyPath) {
    const script = fileURLToPath(new URL('autocannon-load.ts', import.meta.url));
    const amount = [String(connections), String(seconds)];
    return [process.execPath, script, origin + request.path, ...amount, bodyPath, ...headerLines(request)];
  },
};

function headerLines({ headers }: LoadRequest): string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}

async function collect(command: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  signal?.addEventListener('abort', kill);
  let output = '';
  let said = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const code = await new Promise((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', reject);
  });
  process.off('exit', kill);
  if (code !== 0 && !signal?.aborted) throw new Error(`${command} failed: ${said}${output}`);
  return output;
}
