/** Who may call the gateway, and by what they are known. */

import { ApiKeys } from './api-keys.ts';
import { type Authenticate, createAuthenticate, createPassThrough } from './authenticate.ts';
import type { JwtOptions } from './jwt.ts';
import type { VerifyJwt } from './verified-jwt.ts';

export interface Callers {
  readonly authenticate: Authenticate;
  /** How they are known, for whoever starts the gateway. */
  readonly summary: string;
  /** What an explorer has to fill in. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface CallersOptions {
  /** The gateway's own token for Dashly; null where callers bring theirs. */
  readonly dashlyToken: string | null;
  /** Null where there are no JWTs. */
  readonly jwt: JwtOptions | null;
  /** SHA-256 in hex. */
  readonly apiKeyHashes: readonly string[];
  /** What callers who bring their own token for Dashly can use here; an empty text where that is theirs to know. */
  readonly ownToken: string;
}

export async function createCallers(options: CallersOptions): Promise<Callers> {
  const { dashlyToken, jwt, apiKeyHashes, ownToken } = options;
  if (dashlyToken === null) {
    return {
      authenticate: createPassThrough(),
      summary: 'each brings its own Dashly token, in the header "Authorization: Token …"',
      headers: { Authorization: `Token ${ownToken}` },
    };
  }
  const proofs = [
    ...(jwt ? [`a JWT of ${jwt.issuer} in the header "Authorization: Bearer …"`] : []),
    ...(apiKeyHashes.length > 0 ? ['an API key in the header "x-api-key"'] : []),
  ];
  return {
    authenticate: createAuthenticate({
      dashlyToken,
      verifyJwt: jwt && (await createVerifier(jwt)),
      apiKeys: apiKeyHashes.length > 0 ? new ApiKeys(apiKeyHashes) : null,
    }),
    summary: `the gateway's own token speaks for those who bring ${proofs.join(', or ')}`,
    headers: jwt ? { Authorization: 'Bearer ' } : { 'x-api-key': '' },
  };
}

/** Loaded where it is needed: most gateways take no JWTs, and memory is what they have least of. */
async function createVerifier(jwt: JwtOptions): Promise<VerifyJwt> {
  const { createJwtVerifier } = await import('./jwt.ts');
  return createJwtVerifier(jwt);
}
