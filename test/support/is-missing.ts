/** Whether a test must be skipped since a program is not installed. */

import { existsSync } from 'node:fs';

/** For `skipIf`. Always false in CI, so that no test is skipped there. */
export function isMissing(...paths: readonly string[]): boolean {
  return process.env['CI'] !== 'true' && !paths.every((path) => existsSync(path));
}
