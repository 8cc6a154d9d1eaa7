/** Explains that Dashly rejects the token of a call. */

import { type Caller, hasOwnToken } from './caller.ts';

/** Tells a caller that Dashly rejects, or that has no credentials (null), what to do; an empty text for nothing. */
export type AdviseOnCredentials<AnyCaller extends Caller> = (caller: AnyCaller | null) => string;

/** Adds to `message` what the caller can do; only the operator can replace the token of the gateway. */
export function explainRejectedToken<AnyCaller extends Caller>(
  message: string,
  caller: AnyCaller,
  advise: AdviseOnCredentials<AnyCaller>,
): string {
  if (!hasOwnToken(caller)) return "Dashly rejected the gateway's own token; its operator must replace it.";
  const advice = advise(caller);
  return advice === '' ? message : `${message} ${advice}`;
}
