/** Starts the gateway as a separate process, so that tests can count its descriptors and temporary files. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Spool, spoolOf } from '../gateway/watch-spool.ts';
import { type WatchedChild, watchChild } from './watch-child.ts';

export interface StartedCommand extends WatchedChild {
  readonly child: ChildProcess;
  readonly processId: number;
  readonly origin: string;
  readonly spool: Spool;
}

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
/** Evaluated before a test file replaces the temporary folder by one that must stay empty. */
const temporaryFolder = tmpdir();
const running = new Set<{ child: ChildProcess; directory: string }>();

/** Call after all tests of a file. */
export function endCommands(): void {
  for (const { child, directory } of running) {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
  running.clear();
}

/** `maxFileBytes` is the largest file that the operating system lets the process write, which simulates a full disk. */
export async function startCommand(
  environment: Record<string, string>,
  maxFileBytes: number | 'unlimited' = 'unlimited',
): Promise<StartedCommand> {
  const directory = mkdtempSync(join(temporaryFolder, 'dashly-command-'));
  // The shell counts in blocks of 512 bytes.
  const blocks = maxFileBytes === 'unlimited' ? maxFileBytes : maxFileBytes / 512;
  const child = spawn('/bin/sh', ['-c', `ulimit -f ${blocks} && exec "$0" "$1"`, process.execPath, main], {
    env: { PATH: process.env['PATH'], PORT: '0', TMPDIR: directory, ...environment },
  });
  running.add({ child, directory });
  const watched = watchChild(child);
  await watched.written(/"url":.*\n/);
  const url = /http:\/\/\S+\/graphql/.exec(watched.output.out)?.[0] ?? '';
  return {
    ...watched,
    child,
    processId: child.pid ?? 0,
    origin: new URL(url).origin,
    spool: spoolOf(directory, child.pid),
  };
}
