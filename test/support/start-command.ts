/** Starts the gateway as a process of its own, whose descriptors and temporary files can be counted. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type WatchedChild, watchChild } from './watch-child.ts';
import { type Spool, spoolOf } from './watch-spool.ts';

export interface StartedCommand extends WatchedChild {
  readonly child: ChildProcess;
  readonly processId: number;
  readonly origin: string;
  readonly spool: Spool;
}

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** Found before a test file gives itself another one, in which no directory is to appear. */
const place = tmpdir();
const running = new Set<{ child: ChildProcess; directory: string }>();

/** To be called when all tests of a file are done. */
export function endCommands(): void {
  for (const { child, directory } of running) {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
  running.clear();
}

/** `maxFileBytes` is what the operating system lets the process write into one file, as a full disk would. */
export async function startCommand(
  environment: Record<string, string>,
  maxFileBytes: number | 'unlimited' = 'unlimited',
): Promise<StartedCommand> {
  const directory = mkdtempSync(join(place, 'dashly-command-'));
  // Counted by the shell in blocks of 512 bytes.
  const blocks = maxFileBytes === 'unlimited' ? maxFileBytes : maxFileBytes / 512;
  const child = spawn('/bin/sh', ['-c', `ulimit -f ${blocks} && exec "$0" "$1"`, process.execPath, main], {
    env: { PATH: process.env['PATH'], PORT: '0', TMPDIR: directory, ...environment },
  });
  running.add({ child, directory });
  const { output, ended, written } = watchChild(child);
  await written(/"url":.*\n/);
  const url = /http:\/\/\S+\/graphql/.exec(output.out)?.[0] ?? '';
  return {
    child,
    processId: child.pid ?? 0,
    origin: new URL(url).origin,
    spool: spoolOf(directory, child.pid),
    output,
    ended,
    written,
  };
}
