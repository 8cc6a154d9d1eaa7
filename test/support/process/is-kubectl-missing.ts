/** Whether kubectl is installed. */

import { isMissing } from '../is-missing.ts';

export const isKubectlMissing = isMissing('/usr/bin/kubectl');
