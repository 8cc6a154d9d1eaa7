/** The caller of the gateway. */

import type { CallerRights } from './caller-rights.ts';

/** How a caller authenticates: to Dashly with its own token, or to the gateway with a JWT or an API key. */
export const callerKinds = ['dashly-token', 'jwt', 'api-key'] as const;
export type CallerKind = (typeof callerKinds)[number];

/** Has no credentials for Dashly: no rule of the domain depends on them. */
export interface Caller {
  readonly kind: CallerKind;
  /** Unique to this caller, and not a secret: its replies are counted under it, and its idempotency keys belong to it. */
  readonly id: string;
  readonly rights: CallerRights;
}

/** Whether Dashly is called for an account of the caller; all other callers share the account of the gateway. */
export function hasOwnAccount({ kind }: Caller): boolean {
  return kind === 'dashly-token';
}
