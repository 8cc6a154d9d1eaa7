/** Watches a process: what it writes, and how it ends. */

import type { ChildProcessWithoutNullStreams } from 'node:child_process';

export interface WatchedChild {
  readonly output: { out: string; err: string };
  /** The exit code; a text where a signal ended it. */
  readonly ended: Promise<number | string | null>;
}

export function watchChild(child: ChildProcessWithoutNullStreams): WatchedChild {
  const output = { out: '', err: '' };
  child.stdout.on('data', (text) => {
    output.out += text;
  });
  child.stderr.on('data', (text) => {
    output.err += text;
  });
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  return { output, ended };
}
