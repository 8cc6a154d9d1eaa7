/** Who calls, and what follows from that. */

import type { CallerRights } from './caller-rights.ts';

/** How a caller proves who it is: by its own token for Dashly, or to the gateway by a JWT or an API key. */
export const callerKinds = ['dashly-token', 'jwt', 'api-key'] as const;
export type CallerKind = (typeof callerKinds)[number];

export interface Caller {
  readonly kind: CallerKind;
  /** Tells this caller from any other and is no secret: what it has used up is counted under this name. */
  readonly id: string;
  /** The value of the `Authorization` header to call Dashly with: `Token …` or `Bearer …`. A secret. */
  readonly authorization: string;
  readonly rights: CallerRights;
}
