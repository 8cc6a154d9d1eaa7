/** The forms that values of the configuration have, each with what to say where a value has another. */

import { createHash, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A form whose values are made by `parse`, which throws what is wrong as an error for the person who wrote the value. */
function form<Value>(parse: (text: string) => Value) {
  return z.string().transform((text, context): Value => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue({
        code: 'custom',
        message: error instanceof Fault ? error.message : 'cannot be read',
      });
      return z.NEVER;
    }
  });
}

class Fault extends Error {}

function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Fault(message);
}

export function wholeNumber(min: number, max: number) {
  return form((text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    check(value >= min && value <= max, `is to be a whole number from ${min} to ${max}`);
    return value;
  });
}

export const flag = form((text) => {
  check(text === 'true' || text === 'false', 'is to be true or false');
  return text === 'true';
});

/** Words of these, each at most once. */
export function listOf<const Word extends string>(words: readonly Word[]) {
  return form((text): readonly Word[] => {
    const items = split(text);
    const known = words.filter((word) => items.includes(word));
    check(
      known.length > 0 && known.length === items.length,
      `is to be a list of ${words.join(', ')}, separated by commas`,
    );
    return known;
  });
}

const loopbackHosts = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

function parseUrl(text: string, example: string): URL {
  check(URL.canParse(text), `is not a URL, such as ${example}`);
  return new URL(text);
}

function hasUser({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

/** What a secret travels to: encrypted, or without leaving this machine. */
function secureUrl(text: string, example: string): URL {
  const url = parseUrl(text, example);
  check(url.protocol === 'https:' || url.protocol === 'http:', 'is to begin with https://');
  check(
    url.protocol === 'https:' || loopbackHosts.test(url.hostname),
    'is to begin with https:// (http:// only for this machine, since what goes there would travel in clear)',
  );
  return url;
}

/** The word `sandbox`, or the base of an API. */
export const apiUrl = form((text) => {
  if (text === 'sandbox') return text;
  const url = secureUrl(text, 'https://api.dashly.app/v2');
  check(!(hasUser(url) || url.search || url.hash), 'is to have no user, password, query or fragment');
  return url;
});

export const keySetUrl = form((text) => {
  const url = secureUrl(text, 'https://login.example/.well-known/jwks.json');
  check(!hasUser(url), 'is to have no user and no password');
  return url;
});

export const typePrefix = form((text) => {
  const isName = /^[A-Za-z]\w{0,63}$/.test(text);
  check(isName, 'is to be the beginning of a name such as Dashly: letters, digits and underscores');
  return text;
});

export const collectorUrl = form((text) => {
  const url = parseUrl(text, 'http://collector:4318');
  check(
    /^https?:$/.test(url.protocol) && !url.search && !url.hash,
    'is to be a URL such as http://collector:4318',
  );
  check(!hasUser(url), 'is to have no user and no password: OTEL_EXPORTER_OTLP_HEADERS is for these');
  return url;
});

export const logLevel = form((text) => {
  const level = (['info', 'warn', 'error', 'silent'] as const).find((one) => one === text);
  check(level !== undefined, 'is to be info, warn, error or silent');
  return level;
});

/** Redis reads it as an `int`; how many databases there are is known to the server. */
const maxDatabase = 2 ** 31 - 1;

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Kept as a text: the user and the password may be in it. */
export const redisUrl = form((text) => {
  const isRedis = /^rediss?:\/\/./.test(text) && URL.canParse(text);
  check(isRedis, 'is to be a URL such as redis://cache:6379 or rediss://user:password@cache:6380');
  const { hostname, port, username, password, pathname } = new URL(text);
  check(!hostname.includes('%'), 'must have a host of plain letters, digits, dots and hyphens');
  check(port !== '0', 'must have a port from 1 to 65535');
  check(
    isDecodable(username) && isDecodable(password),
    'must have each special character of its user and password in percent-encoding, such as %25 for %',
  );
  const database = pathname.slice(1);
  check(
    database === '' || (/^\d{1,10}$/.test(database) && Number(database) <= maxDatabase),
    `must have no path but the number of a database, from 0 to ${maxDatabase}, such as redis://cache:6379/1`,
  );
  return text;
});

export const token = form((text) => {
  check(/^[\x21-\x7e]+$/.test(text), 'is to be the token alone, without "Token" or a space before it');
  return text;
});

/** A key object rather than a text, since that shows its secret to nobody who prints it. */
export const secretKey = form((text): KeyObject => {
  const bytes = Buffer.from(text);
  check(bytes.length >= 32, 'is too short: 32 bytes are the least, such as "openssl rand -base64 32" makes');
  return createSecretKey(bytes);
});

const minRsaBits = 2048;

/** PEM, in which `\n` may stand for the ends of lines, as env files have it. */
export const publicKey = form((text): KeyObject => {
  const pem = text.replaceAll('\\n', '\n');
  check(!/PRIVATE KEY-----/.test(pem), "has a private key in it, which is its owner's alone");
  check(
    /-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem),
    'is to be a public key in PEM: -----BEGIN PUBLIC KEY-----',
  );
  const key = createPublicKey(pem);
  const { asymmetricKeyType: type = '', asymmetricKeyDetails: details } = key;
  check(['rsa', 'ec', 'ed25519'].includes(type), 'is to be a key for RSA, ECDSA or Ed25519');
  const { namedCurve = '' } = details ?? {};
  check(
    type !== 'ec' || ['prime256v1', 'secp384r1', 'secp521r1'].includes(namedCurve),
    'is to be a key on one of the curves P-256, P-384 and P-521',
  );
  check(
    type !== 'rsa' || (details?.modulusLength ?? 0) >= minRsaBits,
    `is too short: an RSA key is to have ${minRsaBits} bits`,
  );
  return key;
});

const hashOfNothing = createHash('sha256').digest('hex');

export const sha256List = form((text) => {
  const hashes = split(text).map((hash) => hash.toLowerCase());
  const areHashes = hashes.length > 0 && hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash));
  check(areHashes, 'is to be a list of SHA-256 hashes in hex, separated by commas');
  check(!hashes.includes(hashOfNothing), 'has the hash of an empty text in it; was the key unset?');
  return hashes;
});

/** Of an app or an extension, such as `capacitor://localhost`: to the URL parser, and so to the check below, it has none. */
const originOfApp = /^(?!file:)[a-z][a-z\d+.-]*:\/\/[\w.-]+(?::\d{1,5})?$/;

function isOrigin(text: string): boolean {
  if (!URL.canParse(text) || text.includes('*')) return false;
  const { origin } = new URL(text);
  return origin === 'null' ? originOfApp.test(text) : origin === text;
}

export const originList = form((text) => {
  const origins = split(text);
  const areOrigins = origins.every(isOrigin);
  check(
    areOrigins,
    'is to be a list of origins such as https://shop.example (no path, no *), separated by commas',
  );
  return origins;
});

const manifestSchema = z.union([
  // What GraphQL Code Generator writes, and this project's codegen.
  z.record(z.string(), z.string()).transform((documents) => new Map(Object.entries(documents))),
  // What Apollo's generate-persisted-query-manifest writes.
  z
    .object({
      format: z.literal('apollo-persisted-query-manifest'),
      operations: z.array(z.object({ id: z.string(), body: z.string() })),
    })
    .transform(({ operations }) => new Map(operations.map(({ id, body }) => [id, body]))),
]);

/** The path of a file with documents by their ids. */
export const documentManifest = form((path): ReadonlyMap<string, string> => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new Fault('names a file that cannot be read');
  }
  let manifest: unknown;
  try {
    // Some Windows tools begin a file with a byte order mark.
    manifest = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new Fault('names a file that is not JSON');
  }
  const { data } = manifestSchema.safeParse(manifest);
  check(data !== undefined, 'names a file that is not a manifest: {"<id>": "<document>", …}');
  return data;
});

function split(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
