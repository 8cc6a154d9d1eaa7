/** Checks whether the packages of this folder are installed: they are large, so `npm ci` in the root does not install them. */

import { existsSync } from 'node:fs';

/** npm writes this file last. */
const lockOfInstalled = new URL('node_modules/.package-lock.json', import.meta.url);

/** For `describe.skipIf`: `npm ci --prefix test/federation` installs the packages. Always false in CI: no test is skipped there. */
export const isFederationMissing = !existsSync(lockOfInstalled) && process.env['CI'] !== 'true';
