/** Starts a real Redis on its own port, which can hang, crash and restart. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type RedisClientType } from '@redis/client';
import { expect, onTestFinished } from 'vitest';
import { freePort } from '../free-port.ts';
import { isMissing } from '../is-missing.ts';
import { until } from '../until.ts';

const executablePath = '/usr/bin/redis-server';

export const isRedisMissing = isMissing(executablePath);

export interface TestRedis {
  /** For `REDIS_URL`. */
  readonly url: string;
  /** Accepts connections but sends no responses until `resume`. */
  pause(): void;
  resume(): void;
  /** Kills the process, as a crash would. */
  kill(): Promise<void>;
  /** Starts the process again on the same port. */
  restart(): Promise<void>;
  /** Resolves when this number of gateways is connected; they connect in the background. */
  hasGateways(count: number): Promise<void>;
  /** All stored keys with their values. */
  dump(): Promise<ReadonlyMap<string, unknown>>;
}

export interface RedisOptions {
  /** Whether the data survives a restart; by default it does not. */
  readonly isDurable?: boolean;
}

/** Evaluated before a test file replaces the temporary folder by one that must stay empty. */
const place = tmpdir();

/** Stops at the end of the test. */
export async function startRedis({ isDurable = false }: RedisOptions = {}): Promise<TestRedis> {
  const durability = isDurable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : [];
  const { port, pause, resume, kill, restart } = await startRedisProcess(() => durability);
  const url = `redis://127.0.0.1:${port}`;
  return {
    url,
    pause,
    resume,
    kill,
    restart,
    hasGateways: (count) =>
      withClient(url, async (client) => {
        await until(async () => expect(await client.clientList()).toHaveLength(count + 1));
        // The gateway has not received the end of the connection yet.
        await sleep(200);
      }),
    dump: () => withClient(url, dump),
  };
}

export interface RedisProcess extends Pick<TestRedis, 'pause' | 'resume' | 'kill' | 'restart'> {
  readonly port: number;
  /** The URL of this server. */
  readonly url: string;
  /** Sends one command to it. */
  command(...words: string[]): Promise<unknown>;
  /** Sends many at once. */
  commands(lines: readonly (readonly string[])[]): Promise<readonly unknown[]>;
}

/** Arguments of `redis-server`; the directory is empty and belongs to this process. */
export type RedisArguments = (port: number, directory: string) => readonly string[];

/** Resolves when the server writes `readyText`. Stops at the end of the test. */
export async function startRedisProcess(
  args: RedisArguments = () => [],
  readyText = 'Ready to accept connections',
): Promise<RedisProcess> {
  const directory = mkdtempSync(join(place, 'dashly-redis-'));
  const run = (port: number) => {
    const basic = ['--bind', '127.0.0.1', '--save', '', '--port', `${port}`, '--dir', directory];
    return runServer([...args(port, directory), ...basic], readyText);
  };
  let { port, server } = await runOnFreePort(run);
  onTestFinished(async () => {
    await end(server);
    rmSync(directory, { recursive: true, force: true });
  });
  const url = `redis://127.0.0.1:${port}`;
  return {
    port,
    url,
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    kill: () => end(server),
    async restart() {
      server = await run(port);
    },
    command: (...words) => withClient(url, (client) => client.sendCommand(words)),
    commands: (lines) =>
      withClient(url, (client) => Promise.all(lines.map((words) => client.sendCommand(words)))),
  };
}

/** Another process may bind the port before Redis does. */
async function runOnFreePort(
  run: (port: number) => Promise<ChildProcess>,
): Promise<{ port: number; server: ChildProcess }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return { port, server: await run(port) };
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

/** Resolves when Redis accepts connections. */
function runServer(args: readonly string[], readyText: string): Promise<ChildProcess> {
  const server = spawn(executablePath, args);
  return new Promise((resolve, reject) => {
    let output = '';
    server.stdout.on('data', (text) => {
      output += text;
      if (output.includes(readyText)) resolve(server);
    });
    server.once('error', reject);
    server.once('close', () => reject(new Error(`Redis did not start: ${output}`)));
  });
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'close');
}

async function withClient<Value>(
  url: string,
  use: (client: RedisClientType) => Promise<Value>,
): Promise<Value> {
  const client: RedisClientType = createClient({ url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

async function dump(client: RedisClientType): Promise<ReadonlyMap<string, unknown>> {
  const contents = new Map<string, unknown>();
  for (const key of await client.keys('*')) {
    const type = await client.type(key);
    contents.set(key, type === 'hash' ? { ...(await client.hGetAll(key)) } : await client.get(key));
  }
  return contents;
}
