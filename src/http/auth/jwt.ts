/** Verifies the JSON Web Tokens that callers bring. */

import { KeyObject } from 'node:crypto';
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { JwtKeysUnavailable, type VerifiedJwt, type VerifyJwt } from './verified-jwt.ts';

export interface JwtOptions {
  /** Where a set of keys is to be had, or the one key: public, or a secret that both sides share. */
  readonly key: URL | KeyObject;
  readonly issuer: string;
  readonly audience: string;
}

/** In seconds: clocks of servers that are kept right differ by less. */
const clockTolerance = 30;

const asymmetric = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const symmetric = ['HS256', 'HS384', 'HS512'];

/**
 * A key is only ever used for algorithms of its own kind, so that a public key cannot serve as a shared secret. Keys from a
 * URL are kept for ten minutes, and fetched anew for a key id that is not known, at most once a second.
 */
export function createJwtVerifier({ key, issuer, audience }: JwtOptions): VerifyJwt {
  const getKey = key instanceof URL ? remoteKeys(key) : () => key;
  const algorithms = key instanceof KeyObject && key.type === 'secret' ? symmetric : asymmetric;
  const options = { issuer, audience, algorithms, clockTolerance, requiredClaims: ['exp'] };

  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, getKey, options);
      return { claims: payload };
    } catch (error) {
      if (error instanceof JwtKeysUnavailable) throw error;
      if (error instanceof errors.JWKSMultipleMatchingKeys) return verifyWithEach(error, token, options);
      return { fault: faultOf(error) };
    }
  };
}

/** For a token that does not say which of several keys it was signed with. */
async function verifyWithEach(
  keys: AsyncIterable<CryptoKey>,
  token: string,
  options: JWTVerifyOptions,
): Promise<VerifiedJwt> {
  for await (const key of keys) {
    try {
      const { payload } = await jwtVerify(token, key, options);
      return { claims: payload };
    } catch (error) {
      // The signature holds, so no other key will do.
      const isVerified =
        error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed;
      if (isVerified) return { fault: faultOf(error) };
    }
  }
  return { fault: 'The token is not valid.' };
}

/** After a fetch that failed, in milliseconds: callers would otherwise make one each. */
const fetchPauseMs = 5_000;

/** Between two fetches for key ids that are not known, in milliseconds: anyone can send such a token. */
const unknownPauseMs = 1_000;

/** In bytes. A key has some 500. */
const maxSetBytes = 1024 * 1024;

function remoteKeys(url: URL): JWTVerifyGetKey {
  let pausedUntil = 0;
  let unknownPausedUntil = 0;
  const fetchUnlessPaused: FetchImplementation = async (...request) => {
    if (Date.now() < pausedUntil) throw new JwtKeysUnavailable();
    return withLimit(await fetch(...request));
  };
  // The cooldown would also be one after a fetch that is not for an unknown key id: a new key would have to wait for its end.
  const keys = createRemoteJWKSet(url, { [customFetch]: fetchUnlessPaused, cooldownDuration: Infinity });

  const findKey: JWTVerifyGetKey = async (header, token) => {
    const isKept = keys.fresh;
    try {
      return await keys(header, token);
    } catch (error) {
      if (!isKept || !(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const now = Date.now();
      if (!keys.reloading) {
        if (now < unknownPausedUntil && now >= pausedUntil) throw error;
        unknownPausedUntil = now + unknownPauseMs;
      }
      await keys.reload();
      return keys(header, token);
    }
  };

  return async (header, token) => {
    try {
      return await findKey(header, token);
    } catch (error) {
      const isAboutToken =
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported;
      if (isAboutToken || error instanceof JwtKeysUnavailable) throw error;
      // Of all who waited for the same fetch one tells the log.
      const isFirst = Date.now() >= pausedUntil;
      pausedUntil = Date.now() + fetchPauseMs;
      if (!isFirst) throw new JwtKeysUnavailable();
      throw new JwtKeysUnavailable('The keys for JWTs could not be fetched.', { cause: error });
    }
  };
}

/** The same response, whose body fails beyond the limit; of an error only the status is left. jose limits the time. */
function withLimit(response: Response): Response {
  const { status, headers, body } = response;
  if (status !== 200 || !body) {
    body?.cancel().catch(() => {});
    return new Response(null, { status });
  }
  let bytes = 0;
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes > maxSetBytes) throw new Error(`The set of keys has more than ${maxSetBytes} bytes.`);
      controller.enqueue(chunk);
    },
  });
  return new Response(body.pipeThrough(limit), { status, headers });
}

function faultOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'The token is not valid.';
  // Its signature holds, so whoever brought it may know.
  switch (error.claim) {
    case 'iss':
      return 'The token is from another issuer.';
    case 'aud':
      return 'The token is for another audience.';
    case 'nbf':
      return 'The token is not valid yet.';
    case 'exp':
      return 'The token has no time of expiry that could be read.';
    default:
      return 'The token is not valid.';
  }
}
