/** A gateway as a separate process, which can be stopped gracefully, killed, and restarted on the same port. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** For a rolling restart. On a busy machine no call may end by a time limit. */
export const rollingRestart = {
  SHUTDOWN_DELAY_MS: '4000',
  SHUTDOWN_TIMEOUT_MS: '70000',
  DASHLY_TIMEOUT_MS: '60000',
};

export class GatewayProcess {
  readonly #environment: Readonly<Record<string, string>>;
  readonly #flags: readonly string[];
  #child: ChildProcess | null = null;
  /** Of the GraphQL endpoint. */
  readonly url: string;
  readonly #readyUrl: string;
  /** As a load balancer sees it. */
  isReady = false;

  /** @param flags - Flags of Node. */
  constructor(port: number, environment: Readonly<Record<string, string>>, flags: readonly string[] = []) {
    this.#flags = flags;
    this.#environment = { PATH: process.env['PATH'] ?? '', ...environment, PORT: String(port) };
    this.url = `http://127.0.0.1:${port}/graphql`;
    this.#readyUrl = `http://127.0.0.1:${port}/ready`;
  }

  /** Resolves when the gateway is ready. */
  async start(): Promise<void> {
    this.#child = spawn(process.execPath, [...this.#flags, main], {
      env: this.#environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    while (!(await this.probe())) await delay(50);
  }

  /** Polls `/ready`, as a load balancer does. */
  async probe(): Promise<boolean> {
    this.isReady = await fetch(this.#readyUrl).then(
      ({ ok }) => ok,
      () => false,
    );
    return this.isReady;
  }

  /** Resolves to the exit code, or null if a signal ended the process. */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.#child;
    if (!child) return null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = await ended;
    this.isReady = false;
    return code;
  }

  /** Open files and sockets. */
  descriptors(): number {
    return readdirSync(`/proc/${this.#child?.pid}/fd`).length;
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** Resident memory, in megabytes. */
  memory(): number {
    const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
  }
}
