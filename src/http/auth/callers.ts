/** Chooses how callers authenticate, by the configuration. */

import type { LogError } from '../endpoint/errors.ts';
import { ApiKeys } from './api-keys.ts';
import { type Authenticate, createAuthenticate, createPassThrough } from './authenticate.ts';
import type { JwtOptions } from './jwt.ts';
import type { VerifyJwt } from './verified-jwt.ts';

export interface Callers {
  readonly authenticate: Authenticate;
  /** How callers authenticate, for the output at the start. */
  readonly summary: string;
  /** The headers that GraphiQL needs. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface CallersOptions {
  /** The gateway's own token for Dashly; null if callers send theirs. */
  readonly dashlyToken: string | null;
  /** Null if JWTs are not accepted. */
  readonly jwt: JwtOptions | null;
  /** SHA-256 in hex. */
  readonly apiKeyHashes: readonly string[];
  /** An example of the token that callers send: that of the sandbox. Empty for a real Dashly. */
  readonly exampleToken: string;
  readonly logError: LogError;
}

export async function createCallers(options: CallersOptions): Promise<Callers> {
  const { dashlyToken, jwt, apiKeyHashes, exampleToken, logError } = options;
  if (dashlyToken === null) {
    return {
      authenticate: createPassThrough(),
      summary: 'send their own Dashly token in the header "Authorization: Token …"',
      headers: { Authorization: `Token ${exampleToken}` },
    };
  }
  const credentials = [
    ...(jwt ? [`a JWT of ${jwt.issuer} in the header "Authorization: Bearer …"`] : []),
    ...(apiKeyHashes.length > 0 ? ['an API key in the header "x-api-key"'] : []),
  ];
  return {
    authenticate: createAuthenticate({
      dashlyToken,
      verifyJwt: jwt && (await createVerifier(jwt)),
      apiKeys: apiKeyHashes.length > 0 ? new ApiKeys(apiKeyHashes) : null,
      logError,
    }),
    summary: `authenticate with ${credentials.join(', or ')}; the gateway calls Dashly with its own token`,
    headers: jwt ? { Authorization: 'Bearer ' } : { 'x-api-key': '' },
  };
}

/** Imports `jose` only if JWTs are configured, to save memory. */
async function createVerifier(jwt: JwtOptions): Promise<VerifyJwt> {
  const { createJwtVerifier } = await import('./jwt.ts');
  return createJwtVerifier(jwt);
}
