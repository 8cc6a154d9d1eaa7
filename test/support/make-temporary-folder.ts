/** Makes a folder for the files of one test. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Evaluated before a test file replaces the temporary folder by one that must stay empty. */
const place = tmpdir();

/** Removed at the end of the test, after what was started in it later. */
export function makeTemporaryFolder(): string {
  const folder = mkdtempSync(join(place, 'dashly-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
