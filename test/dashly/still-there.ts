/** A caller that waits for its answer to the end. */

import type { Presence } from '../../src/conversation/request-aborted.ts';

export const stillThere: Presence = { isGone: false, onGone: () => () => {} };
