/** Watches a process: its output and its exit. */

import type { ChildProcessWithoutNullStreams } from 'node:child_process';

export interface WatchedChild {
  readonly output: { out: string; err: string };
  /** The exit code, or the signal that ended the process. */
  readonly ended: Promise<number | string | null>;
  /** Resolves when stdout contains this text; rejects if the process ends before. */
  written(pattern: RegExp): Promise<void>;
  /** The complete lines of stdout, which are JSON. */
  lines(): readonly Readonly<Record<string, unknown>>[];
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
        child.once('close', () =>
          reject(new Error(`The process has ended after: ${output.out}${output.err}`)),
        );
        look();
      }),
    lines: () =>
      output.out
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
  };
}
