/** The formats of options: each accepts the value of an option, or its text as in an environment variable. */

import { createHash, createPublicKey, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { isDecodable } from './redis-url.ts';

export const text = z.string('must be a string');

export const boolean = z.union(
  [z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' })],
  'must be true or false',
);

export function integer(min: number, max: number, message = `must be an integer between ${min} and ${max}`) {
  const digits = z.string().regex(/^\d+$/).transform(Number);
  return z.union([z.int(), digits], message).pipe(z.int(message).min(min, message).max(max, message));
}

/** 0 or an integer between `min` and `max`. */
export function zeroOr(min: number, max: number) {
  const message = `must be 0 or an integer between ${min} and ${max}`;
  return integer(0, max, message).refine((it) => it === 0 || it >= min, message);
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

const proxyExample = 'http://proxy:3128 or http://user:password@proxy:3128';

export const proxyUrl = httpUrl(proxyExample).refine(
  ({ username, password, pathname, search, hash }) =>
    isDecodable(username) && isDecodable(password) && pathname === '/' && search === '' && hash === '',
  `must be a URL such as ${proxyExample}`,
);

/** Other programs read the same variable, so an unknown kind of item is not an error. */
export const hostList = list(z.string(), 'must be a list of hosts such as localhost,.example.com');

/** Without `{`, which would put all keys into one slot of a Redis Cluster, and without the wildcards of an ACL. */
export const keyPrefix = text.regex(
  /^[\w:./-]{1,64}$/,
  'must have 1 to 64 letters, digits and the characters : . / _ -, such as dashly-gateway:',
);

export const typePrefix = text.regex(
  /^[A-Za-z]\w{0,63}$/,
  'must be the beginning of a name such as Dashly: letters, digits and underscores',
);

export const token = text.regex(/^[\x21-\x7e]+$/, 'must be the token alone, without "Token" or spaces');

/** A key object, since printing it does not show the secret. */
export const secretKey = text
  .refine(
    (secret) => Buffer.byteLength(secret) >= 32,
    'is too short: it must have at least 32 bytes, such as the output of "openssl rand -base64 32"',
  )
  .transform((secret) => createSecretKey(Buffer.from(secret)));

const minRsaBits = 2048;
const curves = ['prime256v1', 'secp384r1', 'secp521r1'];

/** PEM; line feeds may be written as `\n`, as in env files. */
export const publicKey = text
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

/** Not zod's `cidrv6`, which accepts `::/1.5`. */
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
