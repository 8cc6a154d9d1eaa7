/** The formats of options: each accepts the value of an option, or its text as in an environment variable. */

import { createHash, createPublicKey, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { sentinelParameters, splitRedisUrl } from './redis-url.ts';

export const text = z.string('must be a string');

export const boolean = z.union(
  [z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' })],
  'must be true or false',
);

export function integer(min: number, max: number) {
  const message = `must be an integer between ${min} and ${max}`;
  const digits = z.string().regex(/^\d+$/).transform(Number);
  return z.union([z.int(), digits], message).pipe(z.int(message).min(min, message).max(max, message));
}

export function oneOf<const Word extends string>(words: readonly Word[]) {
  return z.enum(words, `must be one of ${words.join(', ')}`);
}

export function listOf<const Word extends string>(words: readonly Word[]) {
  const message = `must be a list of one or more of ${words.join(', ')}, each at most once`;
  return list(z.enum(words, message), message).refine(
    (items) => new Set(items).size === items.length,
    message,
  );
}

/** An array, or its items separated by commas. */
function list<Item extends z.ZodType<unknown, string>>(item: Item, message: string) {
  const commaSeparated = z.string().transform((items) =>
    items
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  );
  return z.union([z.array(z.string()), commaSeparated], message).pipe(z.array(item).min(1, message));
}

function httpUrl(example: string) {
  const message = `must be a URL such as ${example}`;
  return z
    .union([z.string(), z.instanceof(URL).transform(String)], message)
    .pipe(z.url({ protocol: /^https?$/, error: message }))
    .transform((href) => new URL(href));
}

const loopbackHosts = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** A URL that secrets are sent to. */
function secureUrl(example: string) {
  return httpUrl(example).refine(
    ({ protocol, hostname }) => protocol === 'https:' || loopbackHosts.test(hostname),
    'must start with https:// (http:// is allowed for this machine only, since it does not encrypt)',
  );
}

function hasNoUser({ username, password }: URL): boolean {
  return username === '' && password === '';
}

export const apiUrl = z.union(
  [
    z.literal('sandbox'),
    secureUrl('https://api.dashly.app/v2').refine(
      (url) => hasNoUser(url) && url.search === '' && url.hash === '',
      'must not have a user, a password, a query or a fragment',
    ),
  ],
  'must be a URL such as https://api.dashly.app/v2, or the word sandbox',
);

export const keySetUrl = secureUrl('https://login.example/.well-known/jwks.json').refine(
  hasNoUser,
  'must not have a user or a password',
);

export const collectorUrl = httpUrl('http://collector:4318')
  .refine(
    ({ search, hash }) => search === '' && hash === '',
    'must be a URL such as http://collector:4318, without a query and a fragment',
  )
  .refine(hasNoUser, 'must not have a user or a password: set OTEL_EXPORTER_OTLP_HEADERS instead');

const proxyMessage = 'must be a URL such as http://proxy:3128 or http://user:password@proxy:3128';

export const proxyUrl = z
  .union([z.string(), z.instanceof(URL).transform(String)], proxyMessage)
  .pipe(z.url({ protocol: /^https?$/, error: proxyMessage }))
  .transform((href) => new URL(href))
  .refine(({ pathname, search, hash }) => pathname === '/' && search === '' && hash === '', proxyMessage)
  .refine(({ username, password }) => isDecodable(username) && isDecodable(password), proxyMessage);

/** Other programs read the same variable, so an unknown kind of item is not an error. */
export const hostList = list(z.string(), 'must be a list of hosts such as localhost,.example.com');

const redisMessage = 'must be a URL such as redis://cache:6379 or rediss://user:password@cache:6380';

/** Redis reads the number of a database as an `int`; its configuration sets a lower maximum. */
const maxDatabase = 2 ** 31 - 1;

function isDecodable(encoded: string): boolean {
  try {
    decodeURIComponent(encoded);
    return true;
  } catch {
    return false;
  }
}

/** The URL of one server. */
const redisServerUrl = z
  .url({ protocol: /^rediss?$/, error: redisMessage })
  .transform((href) => new URL(href))
  .refine(({ hostname }) => hostname !== '', redisMessage)
  .refine(
    ({ hostname }) => !hostname.includes('%'),
    'must have a host of plain letters, digits, dots and hyphens',
  )
  .refine(({ port }) => port !== '0', 'must have a port between 1 and 65535')
  .refine(
    ({ username, password }) => isDecodable(username) && isDecodable(password),
    'must have percent-encoding for special characters of its user and password, such as %25 for %',
  )
  .refine(
    ({ pathname }) => /^\/?\d{0,10}$/.test(pathname) && Number(pathname.slice(1)) <= maxDatabase,
    `must have no path, or the number of a database between 0 and ${maxDatabase}, such as redis://cache:6379/1`,
  )
  .transform(String);

const clusterMessage =
  'must be a URL such as redis-cluster://user:password@node1:6379,node2:6379, without a path';
const sentinelMessage =
  'must be a URL such as redis-sentinel://user:password@host1:26379,host2:26379/0?master_name=mymaster';

/** The URL of one server, of several Sentinels with the name of their primary, or of several nodes of a Redis Cluster. */
export const redisUrl = z.string(redisMessage).transform((url, context) => {
  const refuse = (message: string) => {
    context.addIssue(message);
    return z.NEVER;
  };
  const parts = splitRedisUrl(url);
  if (!parts || parts.kind === 'server') {
    const { data, error } = redisServerUrl.safeParse(url);
    return error ? refuse(error.issues[0]?.message ?? redisMessage) : data;
  }
  const { kind, urls, query } = parts;
  const formMessage = kind === 'cluster' ? clusterMessage : sentinelMessage;
  for (const one of urls) {
    const { error } = redisServerUrl.safeParse(one);
    const message = error?.issues[0]?.message;
    if (message) return refuse(message === redisMessage ? formMessage : message);
  }
  const parameters: readonly string[] = kind === 'cluster' ? [] : Object.values(sentinelParameters);
  const unknown = [...query.keys()].find((name) => !parameters.includes(name));
  if (unknown !== undefined) return refuse(`has the unknown parameter ${unknown}; it ${formMessage}`);
  if (kind === 'sentinel' && !query.get(sentinelParameters.masterName))
    return refuse(`must name the primary: it ${sentinelMessage}`);
  if (kind === 'cluster' && !/^\/?$/.test(new URL(urls[0]).pathname)) return refuse(clusterMessage);
  return url;
});

/** Without `{`, which would put all keys into one slot of a Redis Cluster, and without the wildcards of an ACL. */
export const keyPrefix = z
  .string('must be a string')
  .regex(
    /^[\w:./-]{1,64}$/,
    'must have 1 to 64 letters, digits and the characters : . / _ -, such as dashly-gateway:',
  );

export const typePrefix = z
  .string('must be a string')
  .regex(
    /^[A-Za-z]\w{0,63}$/,
    'must be the beginning of a name such as Dashly: letters, digits and underscores',
  );

export const token = z
  .string('must be a string')
  .regex(/^[\x21-\x7e]+$/, 'must be the token alone, without "Token" or spaces');

/** A key object, since printing it does not show the secret. */
export const secretKey = z
  .string('must be a string')
  .refine(
    (secret) => Buffer.byteLength(secret) >= 32,
    'is too short: it must have at least 32 bytes, such as the output of "openssl rand -base64 32"',
  )
  .transform((secret) => createSecretKey(Buffer.from(secret)));

const minRsaBits = 2048;
const curves = ['prime256v1', 'secp384r1', 'secp521r1'];

/** PEM; line feeds may be written as `\n`, as in env files. */
export const publicKey = z
  .string('must be a string')
  .transform((pem) => pem.replaceAll('\\n', '\n'))
  .refine((pem) => !/PRIVATE KEY-----/.test(pem), 'contains a private key; set the public key only')
  .refine(
    (pem) => /-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem),
    'must be a public key in PEM: -----BEGIN PUBLIC KEY-----',
  )
  .transform((pem, context) => {
    try {
      return createPublicKey(pem);
    } catch {
      context.addIssue('must be a valid public key in PEM');
      return z.NEVER;
    }
  })
  .refine(
    ({ asymmetricKeyType: type = '' }) => ['rsa', 'ec', 'ed25519'].includes(type),
    'must be a key for RSA, ECDSA or Ed25519',
  )
  .refine(
    ({ asymmetricKeyType: type, asymmetricKeyDetails: { namedCurve = '' } = {} }) =>
      type !== 'ec' || curves.includes(namedCurve),
    'must be a key on one of the curves P-256, P-384 and P-521',
  )
  .refine(
    ({ asymmetricKeyType: type, asymmetricKeyDetails: { modulusLength = 0 } = {} }) =>
      type !== 'rsa' || modulusLength >= minRsaBits,
    `is too short: an RSA key must have at least ${minRsaBits} bits`,
  );

const hashMessage = 'must be a list of SHA-256 hashes in hex';
const hashOfNothing = createHash('sha256').digest('hex');

export const sha256List = list(z.hash('sha256', { error: hashMessage }), hashMessage)
  .transform((hashes) => hashes.map((hash) => hash.toLowerCase()))
  .refine(
    (hashes) => !hashes.includes(hashOfNothing),
    'contains the hash of an empty string; was the key unset?',
  );

const originsMessage = 'must be a list of origins such as https://shop.example, without a path and *';

/** The origin of an app or a browser extension, such as `capacitor://localhost`: the URL parser returns none for its scheme. */
const appOrigin = /^(?!file:)[a-z][a-z\d+.-]*:\/\/[\w.-]+(?::\d{1,5})?$/;

function isOrigin(value: string): boolean {
  if (!URL.canParse(value) || value.includes('*')) return false;
  const { origin } = new URL(value);
  return origin === 'null' ? appOrigin.test(value) : origin === value;
}

export const originList = list(z.string().refine(isOrigin, originsMessage), originsMessage);

const addressesMessage = 'must be a list of IP addresses and networks such as 10.0.0.0/8';

function isAddressOrNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
}

export const addressList = list(z.string().refine(isAddressOrNetwork, addressesMessage), addressesMessage);

const manifest = z.union([
  // From GraphQL Code Generator, and this project's codegen.
  z.record(z.string(), z.string()).transform((documents) => new Map(Object.entries(documents))),
  // From Apollo's generate-persisted-query-manifest.
  z
    .object({
      format: z.literal('apollo-persisted-query-manifest'),
      operations: z.array(z.object({ id: z.string(), body: z.string() })),
    })
    .transform(({ operations }) => new Map(operations.map(({ id, body }) => [id, body]))),
]);

/** The path, or the `file:` URL, of a file with documents by their ids. */
export const documentManifest = z
  .union([z.string(), z.instanceof(URL)], 'must be the path of a file')
  .transform((path, context): ReadonlyMap<string, string> => {
    const refuse = (message: string) => {
      context.addIssue(message);
      return z.NEVER;
    };
    let content: string;
    try {
      content = readFileSync(path instanceof URL ? fileURLToPath(path) : path, 'utf8');
    } catch {
      return refuse('must be the path of a readable file');
    }
    try {
      // Some Windows tools write a byte order mark at the beginning.
      return manifest.parse(JSON.parse(content.replace(/^\uFEFF/, '')));
    } catch (error) {
      return refuse(
        error instanceof z.ZodError
          ? 'must be the path of a manifest with the content {"<id>": "<document>", …}'
          : 'must be the path of a JSON file',
      );
    }
  });
