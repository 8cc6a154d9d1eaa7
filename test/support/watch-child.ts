/** Watches a process: what it writes, and how it ends. */

import type { ChildProcessWithoutNullStreams } from 'node:child_process';

export interface WatchedChild {
  readonly output: { out: string; err: string };
  /** The exit code; a text where a signal ended it. */
  readonly ended: Promise<number | string | null>;
  /** Resolves when this is in its standard output; rejects where it ends before. */
  written(pattern: RegExp): Promise<void>;
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
  return {
    output,
    ended,
    written: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => pattern.test(output.out) && resolve();
        child.stdout.on('data', look);
        child.once('close', () => reject(new Error(`It has ended after: ${output.out}${output.err}`)));
        look();
      }),
  };
}
