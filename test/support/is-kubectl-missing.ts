/** Whether kubectl is installed. */

import { existsSync } from 'node:fs';

/** For `describe.skipIf`. Always false in CI: no test is skipped there. */
export const isKubectlMissing = !existsSync('/usr/bin/kubectl') && process.env['CI'] !== 'true';
