/** The result of verifying a JSON Web Token. Apart from `jwt.ts`, so that its users do not load `jose`. */

import type { JWTPayload } from 'jose';

export type VerifiedJwt =
  | { readonly claims: JWTPayload; readonly fault?: never; readonly owner?: never }
  /** What is wrong with the token: a sentence without quotes that reveals nothing of the key. */
  | {
      readonly claims?: never;
      readonly fault: string;
      /** The claims of a token that is signed for this gateway, but expired or not valid yet. */
      readonly owner?: JWTPayload;
    };

/** Rejects with `JwtKeysUnavailable` if the token cannot be verified now. */
export type VerifyJwt = (token: string) => Promise<VerifiedJwt>;

/** The JWK set could not be fetched. It has no cause if that failure was already logged. */
export class JwtKeysUnavailable extends Error {}
