/** Authenticates the caller of a request. */

import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Caller, CallerKind } from '../../conversation/callers/caller.ts';
import { allRights } from '../../conversation/callers/caller-rights.ts';
import type { LogError } from '../endpoint/errors.ts';
import { type Refusal, refuse } from '../respond.ts';
import type { ApiKeys } from './api-keys.ts';
import { rightsFromClaims } from './claims.ts';
import { type DashlyCredential, readDashlyCredential } from './dashly-authorization.ts';
import { JwtKeysUnavailable, type VerifyJwt } from './verified-jwt.ts';

/** A caller, and the credential for calls to Dashly on its behalf. */
export interface AuthenticatedCaller extends Caller {
  readonly credential: DashlyCredential;
}

export type Authentication =
  /** `caller` is null if a request without credentials is allowed; it cannot send replies. */
  | { readonly caller: AuthenticatedCaller | null; readonly refusal?: never }
  | { readonly caller?: never; readonly refusal: AuthenticationRefusal };

/** 401, or 503 if the credentials cannot be verified now. */
export interface AuthenticationRefusal extends Refusal {
  /** The id of the caller; null if it is not known. */
  readonly callerId: string | null;
}

/** The id of the request is for the log. */
export type Authenticate = (
  request: IncomingMessage,
  requestId: string,
) => Authentication | Promise<Authentication>;

/** A hash: it reveals no secret and has a fixed length. */
function callerId(kind: CallerKind, identity: string): string {
  return `${kind}:${hash('sha256', identity, 'base64url')}`;
}

/** Of the headers of known callers: about 1,000 of them. */
const maxKnownCharacters = 64 * 1024;

/** A token is a secret: it is not kept for longer. */
const knownMs = 10 * 60_000;

/** Accepts callers with their own Dashly token, which only Dashly verifies. */
export function createPassThrough(): Authenticate {
  // Hashing a token takes 2 % of the time for a reply.
  const known = new LRUCache<string, AuthenticatedCaller>({
    maxSize: maxKnownCharacters,
    ttl: knownMs,
    sizeCalculation: (_caller, header) => header.length,
  });
  return ({ headers: { authorization } }) => {
    const caller = known.get(authorization ?? '');
    if (caller) return { caller };
    const credential = readDashlyCredential(authorization);
    if (!credential || authorization === undefined) return { caller: null };
    const id = callerId('dashly-token', credential.token);
    const owner: AuthenticatedCaller = { kind: 'dashly-token', id, credential, rights: allRights };
    known.set(authorization, owner);
    return { caller: owner };
  };
}

export interface AuthenticateOptions {
  /** The gateway's own token for Dashly, used for all callers. */
  readonly dashlyToken: string;
  /** Null if not accepted. */
  readonly verifyJwt: VerifyJwt | null;
  /** Null if not accepted. */
  readonly apiKeys: ApiKeys | null;
  /** Called if tokens cannot be verified. */
  readonly logError: LogError;
}

/**
 * Accepts callers with a JWT (`Authorization: Bearer …`) or an API key (`x-api-key`). If a request has both, both must be valid, and
 * the JWT, which has fewer rights, decides what the caller may do: so a router with a key can forward its users' tokens.
 */
export function createAuthenticate(options: AuthenticateOptions): Authenticate {
  const { dashlyToken, verifyJwt, apiKeys, logError } = options;
  const credential = { authorization: `Token ${dashlyToken}`, token: dashlyToken };
  const realm = 'realm="dashly-graphql-gateway"';
  const schemes = [verifyJwt && `Bearer ${realm}`, apiKeys && `ApiKey ${realm}`].filter((it) => it !== null);
  const accepted = [
    verifyJwt && 'a header "Authorization: Bearer <JWT>"',
    apiKeys && 'a header "x-api-key: <key>"',
  ].filter((it) => it !== null);

  function unauthenticated(
    message: string,
    challenge = schemes.join(', '),
    callerId: string | null = null,
  ): Authentication {
    return { refusal: { ...refuse(401, message, { 'www-authenticate': challenge }), callerId } };
  }

  return async ({ headers }, requestId) => {
    const key = apiKeys ? headers['x-api-key'] : undefined;
    const header = verifyJwt ? headers.authorization : undefined;
    if (key === undefined && header === undefined) {
      return unauthenticated(`The request needs ${accepted.join(', or ')}.`);
    }
    const keyId = apiKeys && typeof key === 'string' ? apiKeys.identify(key) : null;
    if (key !== undefined && keyId === null) return unauthenticated('The API key is not known.');
    if (verifyJwt && header !== undefined) {
      const token = /^bearer +(\S+)$/i.exec(header)?.[1];
      if (!token) return unauthenticated('The header Authorization must be "Bearer <JWT>".');
      try {
        const { claims, fault, owner } = await verifyJwt(token);
        if (!claims) {
          return unauthenticated(
            fault,
            `Bearer ${realm}, error="invalid_token", error_description="${fault}"`,
            owner ? callerId('jwt', rightsFromClaims(owner).identity) : null,
          );
        }
        const { identity, rights } = rightsFromClaims(claims);
        return { caller: { kind: 'jwt', id: callerId('jwt', identity), credential, rights } };
      } catch (error) {
        if (!(error instanceof JwtKeysUnavailable)) throw error;
        if (error.cause) logError(`Request ${requestId} could not be authenticated.`, error);
        const message = 'Tokens cannot be verified at the moment; retry in 5 seconds.';
        return { refusal: { ...refuse(503, message, { 'retry-after': '5' }), callerId: null } };
      }
    }
    const id = callerId('api-key', keyId ?? '');
    return { caller: { kind: 'api-key', id, credential, rights: allRights } };
  };
}
