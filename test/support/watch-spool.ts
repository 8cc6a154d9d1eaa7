/** Gives the temporary files of this process a directory of their own, and finds what is left in it. */

import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { until } from './until.ts';

export interface Spool {
  readonly directory: string;
  /** Paths of the temporary files that exist. One that is deleted exists while it is open, and can be read through its descriptor. */
  files(): string[];
  /** What of the directory is open, though it may be deleted. */
  open(): string[];
  /** Resolves when no file and no descriptor is left; rejects where one stays. */
  becomesEmpty(): Promise<void>;
}

/** To be called once in a test file, whose tests run one after the other. */
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

/** `processId` is that of the process that writes the files. */
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

/** What every open descriptor of a process points at. */
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
      return []; // Closed since, such as the one that read the directory.
    }
  });
}
