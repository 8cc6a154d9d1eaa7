/** Redirects the temporary files of this process to a new directory, and finds files that are left in it. */

import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { until } from '../until.ts';

export interface Spool {
  readonly directory: string;
  /** Paths of the existing temporary files. A deleted file exists while it is open, and is readable through its descriptor. */
  files(): string[];
  /** Open descriptors of files in the directory, deleted files included. */
  open(): string[];
  /** Resolves when no file and no descriptor is left; rejects if one stays. */
  becomesEmpty(): Promise<void>;
}

/** Call once per test file, whose tests must run sequentially. */
export function watchSpool(): Spool {
  const before = process.env['TMPDIR'];
  const directory = mkdtempSync(join(tmpdir(), 'dashly-spool-'));
  process.env['TMPDIR'] = directory;
  afterAll(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(directory, { recursive: true, force: true });
  });
  return spoolOf(directory);
}

/** `processId` identifies the process that writes the files. */
export function spoolOf(directory: string, processId: number | 'self' = 'self'): Spool {
  const descriptors = () => descriptorsOf(processId).filter(({ target }) => target.startsWith(directory));
  const spool: Spool = {
    directory,
    files: () => [
      ...readdirSync(directory).map((name) => join(directory, name)),
      ...descriptors().flatMap(({ path, target }) => (target.endsWith(' (deleted)') ? [path] : [])),
    ],
    open: () => descriptors().map(({ target }) => target),
    async becomesEmpty() {
      await until(() =>
        expect({ files: spool.files(), open: spool.open() }).toEqual({ files: [], open: [] }),
      );
    },
  };
  return spool;
}

/** The targets of all open descriptors of a process. */
export function linksOf(processId: number | 'self'): string[] {
  return descriptorsOf(processId).map(({ target }) => target);
}

function descriptorsOf(processId: number | 'self'): { readonly path: string; readonly target: string }[] {
  const directory = `/proc/${processId}/fd`;
  if (!existsSync(directory)) return []; // The process has ended.
  return readdirSync(directory).flatMap((descriptor) => {
    const path = join(directory, descriptor);
    try {
      return [{ path, target: readlinkSync(path) }];
    } catch {
      return []; // Closed since, such as the descriptor that read the directory.
    }
  });
}
