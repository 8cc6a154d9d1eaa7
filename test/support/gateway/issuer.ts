/** Stands in for an issuer of JWTs: keys of every kind, and tokens signed with them. */

import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';

export const issuer = 'https://login.test/';
export const audience = 'dashly-gateway';

/** HS512 requires a secret of 64 bytes. */
export const secret = 'known to the issuer and to the gateway, and to nobody else at all';

/** Must not appear in a response, and must not be confused with the credentials of callers. */
export const gatewayToken = 'app-1-the-gateways-own-token';

/** A gateway with its own token that accepts JWTs signed with the secret. */
export const bySecret = {
  DASHLY_TOKEN: gatewayToken,
  JWT_SECRET: secret,
  JWT_ISSUER: issuer,
  JWT_AUDIENCE: audience,
} as const;

/** Bits of RSA, or a curve. */
export type KeyKind = 'RSA' | 'P-256' | 'P-384' | 'P-521' | 'Ed25519';

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export function makeKeys(kind: KeyKind): KeyPair {
  if (kind === 'RSA') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  if (kind === 'Ed25519') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('ec', { namedCurve: kind });
}

export function pemOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

/** A time in the format of JWTs. */
export function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

export interface SignOptions {
  readonly key?: KeyObject | string;
  /** Added to `alg`, which is HS256 by default. */
  readonly header?: Partial<JWTHeaderParameters>;
}

/** A valid token, except for the given claims; `undefined` removes a claim. */
export function sign(
  claims: Readonly<Record<string, unknown>> = {},
  { key = secret, header = {} }: SignOptions = {},
): Promise<string> {
  const payload = { iss: issuer, aud: audience, exp: inSeconds(3600), ...claims };
  return new SignJWT(payload as JWTPayload)
    .setProtectedHeader({ alg: 'HS256', ...header })
    .sign(typeof key === 'string' ? createSecretKey(Buffer.from(key)) : key);
}

/** The header that authenticates a caller with these claims. */
export async function bearer(
  claims: Readonly<Record<string, unknown>> = {},
): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await sign(claims)}` };
}
