/** Verifies the JSON Web Tokens of callers. */

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
import { fetch as fetchWithUndici, ProxyAgent } from 'undici';
import { Deadline } from '../../conversation/deadline.ts';
import { JwtKeysUnavailable, type VerifiedJwt, type VerifyJwt } from './verified-jwt.ts';

export interface JwtOptions {
  /** The URL of a JWK set, or one key: a public key or a shared secret. */
  readonly key: URL | KeyObject;
  /** For the requests to that URL; null for a direct connection. */
  readonly proxy: URL | null;
  readonly issuer: string;
  readonly audience: string;
}

/** In seconds: synchronized clocks differ by less. */
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
 * A key is used only for algorithms of its own kind, so that a public key cannot serve as a shared secret. Keys from a URL are
 * cached for ten minutes, and fetched again for an unknown key id, at most once a second.
 */
export function createJwtVerifier({ key, proxy, issuer, audience }: JwtOptions): VerifyJwt {
  const getKey = key instanceof URL ? remoteKeys(key, proxy) : () => key;
  const algorithms = key instanceof KeyObject && key.type === 'secret' ? symmetric : asymmetric;
  const options = { issuer, audience, algorithms, clockTolerance, requiredClaims: ['exp'] };

  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, getKey, options);
      return { claims: payload };
    } catch (error) {
      if (error instanceof JwtKeysUnavailable) throw error;
      if (error instanceof errors.JWKSMultipleMatchingKeys) return verifyWithEach(error, token, options);
      return refusalOf(error);
    }
  };
}

/** Tries all matching keys, for a token without a key id. */
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
      // The signature is valid, so no other key can match.
      const isVerified =
        error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed;
      if (isVerified) return refusalOf(error);
    }
  }
  return { fault: 'The token is not valid.' };
}

/** In milliseconds: a key that the issuer removed is accepted for that long. */
const maxAgeMs = 10 * 60_000;

/** Pause after a failed fetch, in milliseconds: without it, each request would cause another fetch. */
const fetchPauseMs = 5_000;

/** Pause between two fetches for unknown key ids, in milliseconds: anyone can send such tokens. */
const unknownPauseMs = 1_000;

/** A key has about 500 bytes. */
const maxSetBytes = 1024 * 1024;

function remoteKeys(url: URL, proxy: URL | null): JWTVerifyGetKey {
  const fetchKeys = proxy ? createProxyFetch(proxy) : fetch;
  // Not the wall clock alone: if it is set back by an hour, each of these would last an hour longer.
  let expiry = new Deadline(0);
  let pause = new Deadline(0);
  let unknownPause = new Deadline(0);
  const fetchUnlessPaused: FetchImplementation = async (...request) => {
    if (!pause.hasPassed) throw new JwtKeysUnavailable();
    return withLimit(await fetchKeys(...request));
  };
  // `findKey` decides when to fetch: jose counts by the wall clock, and its cooldown would delay a new key after a regular fetch.
  const keys = createRemoteJWKSet(url, {
    [customFetch]: fetchUnlessPaused,
    cacheMaxAge: Infinity,
    cooldownDuration: Infinity,
  });
  const reload = async (): Promise<void> => {
    await keys.reload();
    expiry = new Deadline(maxAgeMs);
  };

  const findKey: JWTVerifyGetKey = async (header, token) => {
    const isCached = !expiry.hasPassed;
    if (!isCached) await reload();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!isCached || !(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (!keys.reloading) {
        if (!unknownPause.hasPassed && pause.hasPassed) throw error;
        unknownPause = new Deadline(unknownPauseMs);
      }
      await reload();
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
      // Of all requests that waited for the same fetch, only the first logs its failure.
      const isFirst = pause.hasPassed;
      pause = new Deadline(fetchPauseMs);
      if (!isFirst) throw new JwtKeysUnavailable();
      throw new JwtKeysUnavailable('The keys for JWTs could not be fetched.', { cause: error });
    }
  };
}

/** undici's `fetch`, since that of Node.js accepts no proxy. Its response is the same class, of another version. */
function createProxyFetch(proxy: URL): FetchImplementation {
  const dispatcher = new ProxyAgent(proxy.href);
  return async (url, options) =>
    (await fetchWithUndici(url, { ...options, dispatcher })) as unknown as Response;
}

/** Limits the size of the body, and drops the body of an error. jose limits the time. */
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

function refusalOf(error: unknown): VerifiedJwt {
  const fault = faultOf(error);
  // jose checks the times after the signature, the issuer and the audience.
  const isEarly = error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf';
  return isEarly || error instanceof errors.JWTExpired ? { fault, owner: error.payload } : { fault };
}

function faultOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'The token is not valid.';
  // The signature is valid, so the caller may get the reason.
  switch (error.claim) {
    case 'iss':
      return 'The token is from another issuer.';
    case 'aud':
      return 'The token is for another audience.';
    case 'nbf':
      return 'The token is not valid yet.';
    case 'exp':
      return 'The token has no valid expiry time.';
    default:
      return 'The token is not valid.';
  }
}
