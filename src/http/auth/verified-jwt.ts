/** What verifying a JSON Web Token can tell. */

import type { JWTPayload } from 'jose';

export type VerifiedJwt =
  | { readonly claims: JWTPayload; readonly fault?: never }
  /** What is wrong with the token, in a sentence without quotes that says nothing of the key. */
  | { readonly claims?: never; readonly fault: string };

/** Rejects with `JwtKeysUnavailable` where it cannot be found out. */
export type VerifyJwt = (token: string) => Promise<VerifiedJwt>;

/** The set of keys could not be fetched; without a cause where that was found out a moment ago. */
export class JwtKeysUnavailable extends Error {}
