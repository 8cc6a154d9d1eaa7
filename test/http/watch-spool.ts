/** Gives the temporary files of this process a directory of their own, and finds what is left in it. */

import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { until } from '../until.ts';

export interface Spool {
  readonly directory: string;
  /** Names of the temporary files that are there. */
  files(): string[];
  /** What of the directory is open, by this process or another one, though it may be deleted. */
  open(processId?: number | 'self'): string[];
  /** Resolves when no file and no descriptor is left; rejects where one stays. */
  becomesEmpty(processId?: number | 'self'): Promise<void>;
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

export function spoolOf(directory: string): Spool {
  const spool: Spool = {
    directory,
    files: () => readdirSync(directory),
    open: (processId = 'self') => linksOf(processId).filter((target) => target.startsWith(directory)),
    async becomesEmpty(processId) {
      await until(() =>
        expect({ files: spool.files(), open: spool.open(processId) }).toEqual({ files: [], open: [] }),
      );
    },
  };
  return spool;
}

/** What every open descriptor of a process points at. */
export function linksOf(processId: number | 'self'): string[] {
  const directory = `/proc/${processId}/fd`;
  return readdirSync(directory).flatMap((descriptor) => {
    try {
      return [readlinkSync(join(directory, descriptor))];
    } catch {
      return []; // Closed since, such as the one that read the directory.
    }
  });
}
