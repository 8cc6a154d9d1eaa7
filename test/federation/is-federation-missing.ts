/** Tells whether the packages of this folder are installed: they are heavy, so `npm ci` in the root leaves them out. */

import { existsSync } from 'node:fs';

/** npm writes it last. */
const lockOfInstalled = new URL('node_modules/.package-lock.json', import.meta.url);

/** For `describe.skipIf`: `npm ci --prefix test/federation` brings them. Never true in CI, which has to have all parts. */
export const isFederationMissing = !existsSync(lockOfInstalled) && process.env['CI'] !== 'true';
