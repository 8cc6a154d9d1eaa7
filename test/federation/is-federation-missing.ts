/** Checks whether the packages of this folder are installed: they are large, so `npm ci` in the root does not install them. */

import { fileURLToPath } from 'node:url';
import { isMissing } from '../support/is-missing.ts';

/** npm writes this file last. */
const lockOfInstalled = new URL('node_modules/.package-lock.json', import.meta.url);

/** `npm ci --prefix test/federation` installs the packages. */
export const isFederationMissing = isMissing(fileURLToPath(lockOfInstalled));
