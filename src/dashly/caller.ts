/** A caller with its credential for Dashly, and the message if Dashly rejects it. */

import { type Caller, hasOwnAccount } from '../conversation/callers/caller.ts';
import type { Credential } from './rest-client.ts';

export interface DashlyCaller extends Caller {
  readonly credential: Credential;
}

/** Returns what a caller with a rejected token of its own can do; an empty text if there is no advice. */
export type AdviseOnToken = (caller: DashlyCaller) => string;

/** What a failure of a call depends on, besides the response. */
export interface FailedCall {
  readonly caller: DashlyCaller;
  readonly adviseOnToken: AdviseOnToken;
}

/** Only the operator can replace the token of the gateway. */
export function describeRejectedToken({ caller, adviseOnToken }: FailedCall): string {
  if (!hasOwnAccount(caller)) return "Dashly rejected the gateway's own token; its operator must replace it.";
  const advice = adviseOnToken(caller);
  return `Dashly rejected the token: it is invalid or expired.${advice && ` ${advice}`}`;
}

export function describeMissingPermission({ caller }: FailedCall, action: 'reply in' | 'read'): string {
  const owner = hasOwnAccount(caller) ? 'The owner of the token' : "The gateway's own token";
  return `${owner} may not ${action} this conversation.`;
}
