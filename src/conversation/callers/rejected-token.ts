/** Explains that Dashly rejects the token of a call. */

import { type Caller, hasOwnToken } from './caller.ts';

/** Returns what a caller with a rejected token, or without credentials (null), can do; an empty text if there is no advice. */
export type AdviseOnCredentials<AnyCaller extends Caller> = (caller: AnyCaller | null) => string;

/** Adds advice for the caller to `message`; only the operator can replace the token of the gateway. */
export function explainRejectedToken<AnyCaller extends Caller>(
  message: string,
  caller: AnyCaller,
  advise: AdviseOnCredentials<AnyCaller>,
): string {
  if (!hasOwnToken(caller)) return "Dashly rejected the gateway's own token; its operator must replace it.";
  const advice = advise(caller);
  return advice === '' ? message : `${message} ${advice}`;
}
