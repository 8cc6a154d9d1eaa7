/** Starts a server as a separate process, on its own core, and ends it. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../support/free-port.ts';
import { type Cores, onCores } from '../load/cores.ts';
import { settings, upstreamConnections } from '../settings.ts';
import type { ServerCommand } from './bench-server.ts';

export interface RunningServer {
  readonly pid: number;
  /** Without a slash at the end. */
  readonly origin: string;
  /** From the start of the process to the first response. */
  readonly readyMs: number;
  /** The end of its stderr. */
  said(): string;
  stop(): Promise<void>;
}

/** @throws The stderr of the server if it does not become ready. */
export async function startServer(
  server: ServerCommand,
  upstreamUrl: string,
  cores: Cores,
): Promise<RunningServer> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const { stdout, close } = openPipe(cores);
  const [command, ...args] = onCores(cores.server, server.command);
  const began = performance.now();
  const child = spawn(command, args, {
    cwd: server.cwd,
    env: {
      // Only the necessary variables of this environment, so that no variable changes the results.
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      HOME: process.env['HOME'],
      TMPDIR: tmpdir(),
      NODE_ENV: 'production',
      PORT: String(port),
      DASHLY_API_URL: upstreamUrl,
      DASHLY_MAX_CONNECTIONS: String(upstreamConnections),
      ...server.environment,
    },
    stdio: ['ignore', stdout, 'pipe'],
  });
  close();
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said = (said + chunk).slice(-5_000);
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit').finally(() => process.off('exit', kill));
  const isReady = await Promise.race([whenReady(origin + server.readyPath), ended.then(() => false)]);
  const readyMs = performance.now() - began;
  if (!isReady || child.pid === undefined) {
    kill();
    throw new Error(`${server.command.join(' ')} did not become ready.\n${said}`);
  }
  return {
    pid: child.pid,
    origin,
    readyMs,
    said: () => said,
    async stop() {
      child.kill('SIGTERM');
      await Promise.race([ended, delay(3_000, null, { ref: false }).then(kill)]);
      await ended;
    },
  };
}

/** Whether it responded in time: peers do not have this path, so any response but "not yet" suffices. */
async function whenReady(url: string): Promise<boolean> {
  const endsAt = performance.now() + settings.patienceMs;
  while (performance.now() < endsAt) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (status > 0 && status !== 503) return true;
    await delay(5);
  }
  return false;
}

/** Another process reads the stdout of a server through a pipe, as in a container. */
function openPipe({ others }: Cores): { readonly stdout: number; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'bench-output-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const [command, ...args] = onCores(others, ['sh', '-c', 'exec cat "$0" > /dev/null', path]);
  spawn(command, args, { stdio: 'inherit' }).unref();
  // Waits for the reader.
  const stdout = openSync(path, 'w');
  return {
    stdout,
    close() {
      closeSync(stdout);
      rmSync(folder, { recursive: true });
    },
  };
}
