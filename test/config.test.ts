/** The configuration: accepted values, and one line per wrong variable. */

import { createHash, generateKeyPairSync, KeyObject } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Config, faultOfGraphql, readConfig, variableNames, warningsOf } from '../src/config.ts';
import { fileVariable } from '../src/secret-files.ts';

const defaults: Config = {
  PORT: 4000,
  HOST: '127.0.0.1',
  NODE_ENV: 'development',
  DASHLY_API_URL: 'sandbox',
  HTTPS_PROXY: null,
  NO_PROXY: [],
  DASHLY_TIMEOUT_MS: 10_000,
  RECOVERY_TIMEOUT_MS: 5_500,
  DASHLY_MAX_CONNECTIONS: 64,
  DASHLY_MAX_QUEUE: 1024,
  DASHLY_TOKEN: null,
  JWT_JWKS_URL: null,
  JWT_PUBLIC_KEY: null,
  JWT_SECRET: null,
  JWT_ISSUER: null,
  JWT_AUDIENCE: null,
  API_KEY_HASHES: [],
  MAX_CONNECTIONS: 5_000,
  KEEP_ALIVE_TIMEOUT_MS: 75_000,
  MAX_OPERATIONS_PER_CALLER: 512,
  MAX_REPLIES_PER_OPERATION: 5,
  RATE_LIMIT_PER_MINUTE: 60,
  RATE_LIMIT_APPLIES_TO: ['jwt'],
  IDEMPOTENCY_TTL_SECONDS: 86_400,
  REDIS_URL: null,
  REDIS_KEY_PREFIX: 'dashly-gateway:',
  REDIS_MIN_REPLICAS: 0,
  READY_REQUIRES_REDIS: false,
  TYPE_PREFIX: '',
  UPLOAD_MAX_BYTES: 10 * 1024 * 1024,
  CORS_ORIGINS: [],
  TRUST_PROXY: [],
  INTROSPECTION: true,
  GRAPHIQL: true,
  TRUSTED_DOCUMENTS: null,
  METRICS_PORT: null,
  OTEL_EXPORTER_OTLP_ENDPOINT: null,
  LOG_LEVEL: 'info',
  SHUTDOWN_DELAY_MS: 0,
  SHUTDOWN_TIMEOUT_MS: 25_000,
};

test('every variable has a default', () => {
  expect(readConfig({})).toEqual({ config: defaults });
});

test('ignores empty and unknown variables', () => {
  const empty = Object.fromEntries(Object.keys(defaults).map((name) => [name, '']));
  expect(readConfig({ ...empty, PATH: '/bin', DASHLY_TOKENS: 'x', NOT_THERE: undefined })).toEqual({
    config: defaults,
  });
});

test.each<[name: keyof Config, text: string, value: unknown]>([
  ['PORT', '0', 0],
  ['PORT', '65535', 65_535],
  ['HOST', '0.0.0.0', '0.0.0.0'],
  ['HOST', '::1', '::1'],
  ['DASHLY_TIMEOUT_MS', '1', 1],
  ['RECOVERY_TIMEOUT_MS', '0', 0],
  ['RECOVERY_TIMEOUT_MS', '1000', 1_000],
  ['RECOVERY_TIMEOUT_MS', '60000', 60_000],
  ['DASHLY_TIMEOUT_MS', '600000', 600_000],
  ['DASHLY_MAX_CONNECTIONS', '1', 1],
  ['DASHLY_MAX_CONNECTIONS', '10000', 10_000],
  ['DASHLY_MAX_QUEUE', '0', 0],
  ['DASHLY_MAX_QUEUE', '20000', 20_000],
  ['IDEMPOTENCY_TTL_SECONDS', '1', 1],
  ['IDEMPOTENCY_TTL_SECONDS', '31536000', 31_536_000],
  ['HTTPS_PROXY', 'http://me:a%25b@proxy:3128', new URL('http://me:a%25b@proxy:3128')],
  ['HTTPS_PROXY', 'https://proxy', new URL('https://proxy')],
  ['NO_PROXY', 'localhost, .example.com,10.0.0.0/8', ['localhost', '.example.com', '10.0.0.0/8']],
  ['REDIS_URL', 'redis://cache:6379', 'redis://cache:6379'],
  ...['redis://cache/', 'redis://cache/0', 'redis://cache:1/15', 'redis://me:a%25%2Fb@cache/2147483647'].map(
    (url): ['REDIS_URL', string, string] => ['REDIS_URL', url, url],
  ),
  ['REDIS_URL', 'rediss://me:password@[::1]:6380/2', 'rediss://me:password@[::1]:6380/2'],
  ...[
    'redis-sentinel://a:1,b,[::1]:3/0?master_name=mymaster',
    'rediss-sentinel://me:a%2Cb@a/15?master_name=m&sentinel_username=x&sentinel_password=%26',
    'redis-cluster://a',
    'rediss-cluster://:password@a:1,b:2/',
  ].map((url): ['REDIS_URL', string, string] => ['REDIS_URL', url, url]),
  ['REDIS_KEY_PREFIX', 'shop/staging:', 'shop/staging:'],
  ['REDIS_MIN_REPLICAS', '0', 0],
  ['READY_REQUIRES_REDIS', 'false', false],
  ['SHUTDOWN_DELAY_MS', '24999', 24_999],
  ['SHUTDOWN_TIMEOUT_MS', '1', 1],
  ['SHUTDOWN_TIMEOUT_MS', '600000', 600_000],
  ['UPLOAD_MAX_BYTES', '1', 1],
  ['UPLOAD_MAX_BYTES', '2147483647', 2_147_483_647],
  ['DASHLY_API_URL', 'sandbox', 'sandbox'],
  ['NODE_ENV', 'test', 'test'],
  ['MAX_REPLIES_PER_OPERATION', '1', 1],
  ['MAX_REPLIES_PER_OPERATION', '50', 50],
  ['RATE_LIMIT_PER_MINUTE', '1', 1],
  ['RATE_LIMIT_PER_MINUTE', '1000000', 1_000_000],
  ['RATE_LIMIT_APPLIES_TO', 'api-key', ['api-key']],
  ['RATE_LIMIT_APPLIES_TO', 'dashly-token, jwt,api-key', ['dashly-token', 'jwt', 'api-key']],
  ['INTROSPECTION', 'true', true],
  ['INTROSPECTION', 'false', false],
  ['GRAPHIQL', 'true', true],
  ['GRAPHIQL', 'false', false],
  ['CORS_ORIGINS', 'https://shop.example', ['https://shop.example']],
  ['TRUST_PROXY', '127.0.0.1', ['127.0.0.1']],
  ['TRUST_PROXY', '10.0.0.0/8, fd00::/8,::1', ['10.0.0.0/8', 'fd00::/8', '::1']],
  ['TRUST_PROXY', '0.0.0.0/0,::/0', ['0.0.0.0/0', '::/0']],
  ...[
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'app://obsidian.md',
    'app://localhost:8080',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'moz-extension://1b0c6c2e-0d52-4a5b-8a2f-3a9d5f0f4c11',
    'safari-web-extension://E5F2C1D4-1F5A-4B7C-9B1E-6A1C2D3E4F50',
  ].map((origin): ['CORS_ORIGINS', string, string[]] => ['CORS_ORIGINS', origin, [origin]]),
  [
    'CORS_ORIGINS',
    ' https://a.example:8443 ,http://localhost:3000,, http://[::1]:3000,',
    ['https://a.example:8443', 'http://localhost:3000', 'http://[::1]:3000'],
  ],
])('accepts %s=%s', (name, text, value) => {
  expect(readConfig({ [name]: text })).toEqual({ config: { ...defaults, [name]: value } });
});

test.each([
  'https://api.dashly.app',
  'https://api.dashly.app/v2',
  'https://api.dashly.app/v2/',
  'HTTPS://API.DASHLY.APP/v2',
  'https://localhost:8443',
  'http://localhost:4001',
  'http://LOCALHOST:4001',
  'http://127.0.0.1:4001',
  'http://127.1.2.3:4001/v2',
  'http://[::1]:4001',
])('accepts DASHLY_API_URL=%s', (text) => {
  expect(readConfig({ DASHLY_API_URL: text }).config?.DASHLY_API_URL).toEqual(new URL(text));
});

const originsMessage = 'must be a list of origins such as https://shop.example, without a path and *';

describe('rejects with one line that names the variable and its value', () => {
  const port = 'must be an integer between 0 and 65535';
  const timeout = 'must be an integer between 1 and 600000';
  const size = 'must be an integer between 1 and 2147483647';
  const notAUrl = 'must be a URL such as https://api.dashly.app/v2, or the word sandbox';
  const clear =
    'must start with https:// (http:// is allowed for this machine only, since it does not encrypt)';
  const extras = 'must not have a user, a password, a query or a fragment';

  test.each<[name: string, text: string, rule: string]>([
    ...[
      '65536',
      '-1',
      '4000.5',
      '4e3',
      '0x10',
      'http',
      ' ',
      ' 4000',
      '4000 ',
      '1_000',
      '٣',
      '9'.repeat(400),
    ].map((text): [string, string, string] => ['PORT', text, port]),
    ...['0', '-5', '600001', '10s', '1e3', 'Infinity', 'NaN', '1.0', '10\n'].map(
      (text): [string, string, string] => ['DASHLY_TIMEOUT_MS', text, timeout],
    ),
    ...['0', '2147483648', '10MB', '-1', '1.5', 'null'].map((text): [string, string, string] => [
      'UPLOAD_MAX_BYTES',
      text,
      size,
    ]),
    ['DASHLY_API_URL', 'api.dashly.app', notAUrl],
    ['DASHLY_API_URL', '/v2', notAUrl],
    ['DASHLY_API_URL', 'https://', notAUrl],
    ['DASHLY_API_URL', 'https://a b', notAUrl],
    ['DASHLY_API_URL', 'https://api.dashly.app:99999', notAUrl],
    ['DASHLY_API_URL', 'Sandbox', notAUrl],
    ['DASHLY_API_URL', 'ftp://api.dashly.app', notAUrl],
    ['DASHLY_API_URL', 'file:///etc/passwd', notAUrl],
    ['DASHLY_API_URL', 'localhost:4001', notAUrl],
    ['DASHLY_API_URL', 'http://api.dashly.app/v2', clear],
    ['DASHLY_API_URL', 'http://localhost.evil.example', clear],
    ['DASHLY_API_URL', 'http://127.0.0.1.evil.example', clear],
    ['DASHLY_API_URL', 'http://evil.example/127.0.0.1', clear],
    ['DASHLY_API_URL', 'http://localhost@evil.example', clear],
    ['DASHLY_API_URL', 'http://0.0.0.0', clear],
    ['DASHLY_API_URL', 'http://128.0.0.1', clear],
    ['DASHLY_API_URL', 'http://[::2]', clear],
    ['DASHLY_API_URL', 'http://192.168.0.1', clear],
    ['DASHLY_API_URL', 'https://user@api.dashly.app', extras],
    ['DASHLY_API_URL', 'https://:secret@api.dashly.app', extras],
    ['DASHLY_API_URL', 'https://api.dashly.app/v2?auth_token=1', extras],
    ['DASHLY_API_URL', 'https://api.dashly.app/v2#top', extras],
    ['DASHLY_API_URL', 'http://me:secret@localhost', extras],
  ])('%s=%j', (name, text, rule) => {
    const { config, faults } = readConfig({ [name]: text });
    expect([config, faults]).toEqual([undefined, [expect.stringContaining(`${name} ${rule}`)]]);
    // A URL with a user or a query may contain a secret, and a long value is cut.
    const shown = /[@?]/.test(text) || text.length > 100 ? '' : `, but is ${JSON.stringify(text)}.`;
    expect(faults?.join()).toContain(shown);
    expect(faults?.join()).not.toMatch(/secret|auth_token/);
  });

  test.each([
    [{ PORT: '80a' }, 'PORT must be an integer between 0 and 65535, but is "80a".'],
    [{ PORT: 65_536 }, 'PORT must be an integer between 0 and 65535, but is 65536.'],
    [{ PORT: '9'.repeat(400) }, `PORT must be an integer between 0 and 65535, but is "${'9'.repeat(99)}….`],
    [{ HOST: null }, 'HOST must be a string, but is null.'],
    [{ HOST: { password: 'secret' } }, 'HOST must be a string, but is [Object].'],
    [{ CORS_ORIGINS: ['https://x/'] }, `CORS_ORIGINS ${originsMessage}, but is ["https://x/"].`],
    [{ CORS_ORIGINS: ['https://x', { secret: 1 }] }, `CORS_ORIGINS ${originsMessage}, but is [Array].`],
    [{ JWT_SECRET: 'secret' }, expect.not.stringContaining('"secret"')],
  ])('the line for %j is complete', (values, line) => {
    expect(readConfig(values).faults).toEqual([line]);
  });

  test('with one line for each of several wrong variables', () => {
    const { faults } = readConfig({
      PORT: 'x',
      HOST: 'localhost',
      DASHLY_API_URL: 'http://api.dashly.app',
      DASHLY_TIMEOUT_MS: '0',
      UPLOAD_MAX_BYTES: '',
    });
    expect(faults?.map((line) => line.split(' ')[0])).toEqual([
      'PORT',
      'DASHLY_API_URL',
      'DASHLY_TIMEOUT_MS',
    ]);
  });
});

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const pem = (type: 'spki' | 'pkcs1', key: KeyObject) => String(key.export({ type, format: 'pem' }));
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const weakRsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const pssRsa = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const oddCurves = ['secp256k1', 'secp224r1', 'brainpoolP256r1'].map(
  (namedCurve) => generateKeyPairSync('ec', { namedCurve }).publicKey,
);
const ed25519 = generateKeyPairSync('ed25519');
const ed448 = generateKeyPairSync('ed448');
const x25519 = generateKeyPairSync('x25519');

const rsaPem = pem('spki', rsa.publicKey);
const privatePem = (key: KeyObject) => String(key.export({ type: 'pkcs8', format: 'pem' }));
const encryptedPem = String(
  rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'S3cr3t' }),
);
const jwt = { JWT_ISSUER: 'https://login.example', JWT_AUDIENCE: 'dashly' };
const secret = 'S3cr3t-of-thirty-two-characters!';
const proven = { DASHLY_TOKEN: 'app-1-S3cr3t', ...jwt };

describe('the credentials of callers', () => {
  test.each<[name: string, text: string, type: string]>([
    ['RSA', rsaPem, 'rsa'],
    ['RSA in PKCS #1', pem('pkcs1', rsa.publicKey), 'rsa'],
    ['RSA on one line', rsaPem.replaceAll('\n', '\\n'), 'rsa'],
    ['RSA with Windows lines', rsaPem.replaceAll('\n', '\r\n'), 'rsa'],
    ['RSA without a line at its end', rsaPem.trim(), 'rsa'],
    ['ECDSA', pem('spki', ec.publicKey), 'ec'],
    ...['P-384', 'P-521'].map((namedCurve): [string, string, string] => [
      `ECDSA on ${namedCurve}`,
      pem('spki', generateKeyPairSync('ec', { namedCurve }).publicKey),
      'ec',
    ]),
    ['Ed25519', pem('spki', ed25519.publicKey), 'ed25519'],
  ])('can be JWTs with a public key: %s', (_name, JWT_PUBLIC_KEY, type) => {
    const key = readConfig({ ...proven, JWT_PUBLIC_KEY }).config?.JWT_PUBLIC_KEY;
    expect(key).toBeInstanceOf(KeyObject);
    expect([key?.type, key?.asymmetricKeyType]).toEqual(['public', type]);
  });

  test.each([
    ['of 32 bytes', secret, 32],
    ['of 32 bytes in 16 characters', 'ж'.repeat(16), 32],
    ['that is long, with spaces', `${secret} ${secret}`, 65],
  ])('can be JWTs with a secret %s, which printing does not reveal', (_name, JWT_SECRET, size) => {
    const { config } = readConfig({ ...proven, JWT_SECRET });
    expect(config?.JWT_SECRET?.symmetricKeySize).toBe(size);
    expect(JSON.stringify(config?.JWT_SECRET)).not.toContain('S3cr3t');
  });

  test.each([
    'https://login.example/.well-known/jwks.json',
    'https://login.example/keys?v=2',
    'http://localhost:8080/keys',
    'http://[::1]/keys',
  ])('can be JWTs with a set of keys: %s', (JWT_JWKS_URL) => {
    expect(readConfig({ ...proven, JWT_JWKS_URL }).config?.JWT_JWKS_URL).toEqual(new URL(JWT_JWKS_URL));
  });

  test.each([
    [hash('a'), [hash('a')]],
    [` ${hash('a')} ,\n${hash('b').toUpperCase()},`, [hash('a'), hash('b')]],
  ])('can be API keys: %j', (API_KEY_HASHES, hashes) => {
    const { config } = readConfig({ DASHLY_TOKEN: 'a', API_KEY_HASHES });
    expect(config?.API_KEY_HASHES).toEqual(hashes);
    expect(config).toMatchObject({ DASHLY_TOKEN: 'a', JWT_ISSUER: null, JWT_AUDIENCE: null });
  });

  test('can be JWTs and API keys', () => {
    expect(readConfig({ ...proven, JWT_SECRET: secret, API_KEY_HASHES: hash('a') }).faults).toBeUndefined();
  });
});

describe('rejects with one line that shows no secret', () => {
  const isFlag = 'must be true or false';
  const isHash = 'must be a list of SHA-256 hashes in hex';
  const isToken = 'must be the token alone, without "Token" or spaces';
  const isKind = 'must be a list of one or more of dashly-token, jwt, api-key, each at most once';
  const isPem = 'must be a public key in PEM: -----BEGIN PUBLIC KEY-----';
  const isPrivate = 'contains a private key; set the public key only';
  const isCurve = 'must be a key on one of the curves P-256, P-384 and P-521';
  const isRedis = 'must be a URL such as redis://cache:6379 or rediss://user:password@cache:6380';
  const isProxy = 'must be a URL such as http://proxy:3128 or http://user:password@proxy:3128';
  const isSentinel =
    'must be a URL such as redis-sentinel://user:password@host1:26379,host2:26379/0?master_name=mymaster';
  const isCluster =
    'must be a URL such as redis-cluster://user:password@node1:6379,node2:6379, without a path';
  const isPrefix = 'must have 1 to 64 letters, digits and the characters : . / _ -, such as dashly-gateway:';
  const isDatabase =
    'must have no path, or the number of a database between 0 and 2147483647, such as redis://cache:6379/1';
  const isEncoded =
    'must have percent-encoding for special characters of its user and password, such as %25 for %';
  const isKind3 = 'must be a key for RSA, ECDSA or Ed25519';
  const tooShort =
    'is too short: it must have at least 32 bytes, such as the output of "openssl rand -base64 32"';
  const https =
    'must start with https:// (http:// is allowed for this machine only, since it does not encrypt)';

  test.each<[name: string, text: string, rest: string]>([
    ...['0', '51', '5.0', 'five', '-1', '١'].map((text): [string, string, string] => [
      'MAX_REPLIES_PER_OPERATION',
      text,
      'must be an integer between 1 and 50',
    ]),
    ...['0', '1000001', '60/m', 'unlimited'].map((text): [string, string, string] => [
      'RATE_LIMIT_PER_MINUTE',
      text,
      'must be an integer between 1 and 1000000',
    ]),
    ...['-1', '999', '60001', '1.5'].map((text): [string, string, string] => [
      'RECOVERY_TIMEOUT_MS',
      text,
      'must be 0 or an integer between 1000 and 60000',
    ]),
    ...(
      [
        ['DASHLY_MAX_CONNECTIONS', ['0', '10001', '1e3', 'all'], 'between 1 and 10000'],
        ['DASHLY_MAX_QUEUE', ['-1', '20001', '0.5', 'none'], 'between 0 and 20000'],
        ['IDEMPOTENCY_TTL_SECONDS', ['0', '31536001', '1d', '-1'], 'between 1 and 31536000'],
        ['SHUTDOWN_DELAY_MS', ['-1', '600001', '5s', '1.5'], 'between 0 and 600000'],
        ['SHUTDOWN_TIMEOUT_MS', ['0', '600001', '25s', '-1'], 'between 1 and 600000'],
      ] as const
    ).flatMap(([name, texts, range]) =>
      texts.map((text): [string, string, string] => [name, text, `must be an integer ${range}`]),
    ),
    ...['cache:6379', 'S3cr3t', 'http://me:S3cr3t@cache', 'redis', 'redis:6379', 'unix:/S3cr3t.sock'].map(
      (text): [string, string, string] => ['REDIS_URL', text, isRedis],
    ),
    ...(
      [
        ['/cache', isDatabase],
        ['/0/1', isDatabase],
        ['/-1', isDatabase],
        ['/1.5', isDatabase],
        ['/1e3', isDatabase],
        ['/2147483648', isDatabase],
        ['/99999999999', isDatabase],
        [':0', 'must have a port between 1 and 65535'],
      ] as const
    ).map(([end, message]): [string, string, string] => [
      'REDIS_URL',
      `redis://me:S3cr3t@cache${end}`,
      message,
    ]),
    ['REDIS_URL', 'redis://me:S3cr3t@cache:65536', isRedis],
    ['REDIS_URL', 'redis://:S3cr3t%@cache', isEncoded],
    ['REDIS_URL', 'redis://m%e:S3cr3t@cache', isEncoded],
    ['REDIS_URL', 'rediss://:S3cr3t%zz@cache:6380/1', isEncoded],
    ['REDIS_URL', 'redis://:S3cr3t%ff@cache', isEncoded],
    ['REDIS_URL', 'redis://:S3cr3t@ca%che', 'must have a host of plain letters, digits, dots and hyphens'],
    ...[
      'true',
      'proxy',
      '10.0.0',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0.0/8/8',
      '10.0.0.0/-1',
      '::1/129',
      'fe80::1%eth0',
      'loopback',
    ].map((text): [string, string, string] => [
      'TRUST_PROXY',
      text,
      'must be a list of IP addresses and networks such as 10.0.0.0/8',
    ]),
    ...['redis-sentinel://', 'redis-sentinel://a:S3cr3t', 'redis-sentinel://a,,b?master_name=m'].map(
      (text): [string, string, string] => ['REDIS_URL', text, isSentinel],
    ),
    ['REDIS_URL', 'redis-sentinel://:S3cr3t@a:1,b/0', `must name the primary: it ${isSentinel}`],
    ['REDIS_URL', 'redis-sentinel://a/x?master_name=m', isDatabase],
    ['REDIS_URL', 'redis-sentinel://a:1,b:0?master_name=m', 'must have a port between 1 and 65535'],
    [
      'REDIS_URL',
      'redis-sentinel://a?master_name=m&password=S3cr3t',
      `has the unknown parameter password; it ${isSentinel}`,
    ],
    ...['redis-cluster://', 'redis-cluster://:S3cr3t@a,', 'redis-cluster://:S3cr3t@a:1,b/1'].map(
      (text): [string, string, string] => ['REDIS_URL', text, isCluster],
    ),
    ...[' ', 'a b', '{shop}:', 'shop*', 'x'.repeat(65)].map((text): [string, string, string] => [
      'REDIS_KEY_PREFIX',
      text,
      isPrefix,
    ]),
    ...['-1', '11', 'all'].map((text): [string, string, string] => [
      'REDIS_MIN_REPLICAS',
      text,
      'must be an integer between 0 and 10',
    ]),
    ...['JWT', 'jwt,jwt', 'jwt api-key', 'all', 'jwt,none', ',', ' , '].map(
      (text): [string, string, string] => ['RATE_LIMIT_APPLIES_TO', text, isKind],
    ),
    ...['INTROSPECTION', 'GRAPHIQL', 'READY_REQUIRES_REDIS'].flatMap((name) =>
      ['1', '0', 'yes', 'TRUE', 'True', ' true', 'on'].map((text): [string, string, string] => [
        name,
        text,
        isFlag,
      ]),
    ),
    ...[
      '*',
      'null',
      'shop.example',
      'https://shop.example/',
      'https://shop.example/path',
      'https://shop.example?a',
      'https://shop.example:443',
      'http://shop.example:80',
      'HTTPS://shop.example',
      'https://Shop.example',
      'https://*.shop.example',
      'https://*',
      'https://shop.*',
      'https://me:S3cr3t@shop.example',
      'https://a.example https://b.example',
      'https://a.example;https://b.example',
      'https://a.example,*',
      'https://a.example,null',
      'file:///index.html',
      'file://host',
      'capacitor://',
      'capacitor:localhost',
      'capacitor://localhost/',
      'capacitor://localhost/path',
      'capacitor://localhost?a',
      'capacitor://localhost#a',
      'capacitor://*',
      'Capacitor://localhost',
      'capacitor://me:S3cr3t@localhost',
      'capacitor://localhost:99999',
      'data:text/html,x',
      '/^https:/',
    ].map((text): [string, string, string] => ['CORS_ORIGINS', text, originsMessage]),
    ...[
      'Token app-S3cr3t',
      'Bearer S3cr3t',
      ' S3cr3t',
      'S3cr3t ',
      'S3cr3t\n',
      'S3cr3t\r\nx: y',
      'жS3cr3t',
      'a\0S3cr3t',
    ].map((text): [string, string, string] => ['DASHLY_TOKEN', text, isToken]),
    ...['S3cr3t', 'S3cr3t-of-thirty-one-characters', 'ж'.repeat(15)].map((text): [string, string, string] => [
      'JWT_SECRET',
      text,
      tooShort,
    ]),
    ...[
      'S3cr3t',
      hash('a').slice(1),
      `${hash('a')}0`,
      hash('a').replace(/./, 'g'),
      `0x${hash('a')}`,
      `sha256:${hash('a')}`,
      `${hash('a')} ${hash('b')}`,
      `${hash('a')},S3cr3t`,
      Buffer.from(hash('a'), 'hex').toString('base64'),
      ',',
    ].map((text): [string, string, string] => ['API_KEY_HASHES', text, isHash]),
    ...[
      'S3cr3t',
      'me:S3cr3t@proxy:3128',
      'socks5://me:S3cr3t@proxy:1080',
      'http://me:S3cr3t@proxy:3128/path',
      'http://me:S3cr3t@proxy:3128/?a',
      'http://me:S3cr3t%@proxy:3128',
    ].map((text): [string, string, string] => ['HTTPS_PROXY', text, isProxy]),
    ['NO_PROXY', ',', 'must be a list of hosts such as localhost,.example.com'],
    [
      'JWT_JWKS_URL',
      'login.example/jwks.json',
      'must be a URL such as https://login.example/.well-known/jwks.json',
    ],
    ['JWT_JWKS_URL', 'http://login.example/jwks.json', https],
    ['JWT_JWKS_URL', 'http://me:S3cr3t@login.example/jwks.json', https],
    ...['https://me:S3cr3t@', 'https://S3cr3t@', 'https://:S3cr3t@'].map(
      (start): [string, string, string] => [
        'JWT_JWKS_URL',
        `${start}login.example/jwks.json`,
        'must not have a user or a password',
      ],
    ),
    ['JWT_JWKS_URL', 'http://127.0.0.1.evil.example/', https],
    ['JWT_JWKS_URL', 'file:///etc/keys', 'must be a URL such as https://login.example/.well-known/jwks.json'],
    [
      'JWT_JWKS_URL',
      'data:application/json,{}',
      'must be a URL such as https://login.example/.well-known/jwks.json',
    ],
    ['JWT_PUBLIC_KEY', privatePem(rsa.privateKey), isPrivate],
    ['JWT_PUBLIC_KEY', privatePem(ec.privateKey), isPrivate],
    ['JWT_PUBLIC_KEY', String(rsa.privateKey.export({ type: 'pkcs1', format: 'pem' })), isPrivate],
    ['JWT_PUBLIC_KEY', String(ec.privateKey.export({ type: 'sec1', format: 'pem' })), isPrivate],
    ['JWT_PUBLIC_KEY', encryptedPem, isPrivate],
    ['JWT_PUBLIC_KEY', privatePem(rsa.privateKey) + rsaPem, isPrivate],
    ['JWT_PUBLIC_KEY', rsaPem + privatePem(rsa.privateKey), isPrivate],
    ['JWT_PUBLIC_KEY', privatePem(ed25519.privateKey).replaceAll('\n', '\\n'), isPrivate],
    ['JWT_PUBLIC_KEY', secret, isPem],
    ['JWT_PUBLIC_KEY', '{"kty": "RSA", "n": "S3cr3t", "e": "AQAB"}', isPem],
    ['JWT_PUBLIC_KEY', 'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA', isPem],
    [
      'JWT_PUBLIC_KEY',
      '-----BEGIN PUBLIC KEY-----\nS3cr3t\n-----END PUBLIC KEY-----',
      'must be a valid public key in PEM',
    ],
    ['JWT_PUBLIC_KEY', '-----BEGIN PUBLIC KEY-----', 'must be a valid public key in PEM'],
    [
      'JWT_PUBLIC_KEY',
      pem('spki', weakRsa.publicKey),
      'is too short: an RSA key must have at least 2048 bits',
    ],
    ['JWT_PUBLIC_KEY', pem('spki', pssRsa.publicKey), isKind3],
    ...oddCurves.map((key): [string, string, string] => ['JWT_PUBLIC_KEY', pem('spki', key), isCurve]),
    ['JWT_PUBLIC_KEY', pem('spki', ed448.publicKey), isKind3],
    ['JWT_PUBLIC_KEY', pem('spki', x25519.publicKey), isKind3],
    ['TRUSTED_DOCUMENTS', '/not/there.json', 'must be the path of a readable file'],
    ['TRUSTED_DOCUMENTS', fileURLToPath(import.meta.url), 'must be the path of a JSON file'],
  ])('%s=%j', (name, text, rest) => {
    const { config, faults } = readConfig({ [name]: text });
    expect([config, faults]).toEqual([undefined, [expect.stringContaining(`${name} ${rest}`)]]);
    expect(faults?.join()).not.toContain('S3cr3t');
  });

  test('without any line of a PEM', () => {
    for (const text of [privatePem(rsa.privateKey), pem('spki', weakRsa.publicKey)]) {
      const [, line = ''] = text.split('\n');
      expect(line.length).toBeGreaterThan(20);
      expect(readConfig({ JWT_PUBLIC_KEY: text }).faults?.join()).not.toContain(line);
    }
  });

  test('rejects the hash of an empty key, which an unset shell variable results in', () => {
    for (const API_KEY_HASHES of [hash(''), `${hash('a')},${hash('')}`, hash('').toUpperCase()]) {
      expect(readConfig({ DASHLY_TOKEN: 'a', API_KEY_HASHES }).faults).toEqual([
        expect.stringMatching(/^API_KEY_HASHES contains the hash of an empty string/),
      ]);
    }
  });
});

describe('variables that depend on each other', () => {
  const useless = (name: string) =>
    `${name} requires DASHLY_TOKEN: without it, clients send their own tokens for Dashly.`;
  const needsKey = (name: string) => `${name} requires JWT_JWKS_URL, JWT_PUBLIC_KEY or JWT_SECRET.`;
  const second = (name: string, first: string) =>
    `${name} cannot be set together with ${first}: set one of them.`;
  const missing = (name: string, key: string) => `${name} must be set together with ${key}.`;
  const cutOff =
    'SHUTDOWN_DELAY_MS must be less than SHUTDOWN_TIMEOUT_MS; otherwise requests in flight are aborted.';
  const manifest = fileURLToPath(new URL('../schema/trusted-documents.json', import.meta.url));
  const token = { DASHLY_TOKEN: 'app-1-S3cr3t' };
  const url = 'https://login.example/jwks.json';
  const keys = hash('a');

  test.each<[environment: Record<string, string>, faults: (string | RegExp)[]]>([
    [{ REDIS_MIN_REPLICAS: '1' }, ['REDIS_MIN_REPLICAS requires REDIS_URL.']],
    [{ READY_REQUIRES_REDIS: 'true' }, ['READY_REQUIRES_REDIS requires REDIS_URL.']],
    [
      token,
      [/^DASHLY_TOKEN would let anyone send replies: set .*API_KEY_HASHES, to authenticate callers\.$/],
    ],
    [{ ...token, API_KEY_HASHES: '' }, [/^DASHLY_TOKEN would let anyone send replies/]],
    [
      { ...token, NODE_ENV: 'production', DASHLY_API_URL: 'sandbox' },
      [/^DASHLY_TOKEN would let anyone send replies/],
    ],
    [{ JWT_SECRET: secret }, [useless('JWT_SECRET')]],
    [{ JWT_PUBLIC_KEY: rsaPem }, [useless('JWT_PUBLIC_KEY')]],
    [
      { JWT_JWKS_URL: url, ...jwt },
      [useless('JWT_JWKS_URL'), useless('JWT_ISSUER'), useless('JWT_AUDIENCE')],
    ],
    [{ API_KEY_HASHES: keys }, [useless('API_KEY_HASHES')]],
    [{ DASHLY_TOKEN: '', API_KEY_HASHES: keys }, [useless('API_KEY_HASHES')]],
    [{ JWT_ISSUER: 'a' }, [useless('JWT_ISSUER')]],
    [{ ...token, JWT_ISSUER: 'a' }, [needsKey('JWT_ISSUER')]],
    [{ ...token, ...jwt, API_KEY_HASHES: keys }, [needsKey('JWT_ISSUER'), needsKey('JWT_AUDIENCE')]],
    [
      { ...token, JWT_SECRET: secret },
      [missing('JWT_ISSUER', 'JWT_SECRET'), missing('JWT_AUDIENCE', 'JWT_SECRET')],
    ],
    [{ ...token, JWT_SECRET: secret, JWT_ISSUER: 'a' }, [missing('JWT_AUDIENCE', 'JWT_SECRET')]],
    [{ ...token, JWT_JWKS_URL: url, JWT_AUDIENCE: 'a' }, [missing('JWT_ISSUER', 'JWT_JWKS_URL')]],
    [
      { ...token, JWT_PUBLIC_KEY: rsaPem, JWT_ISSUER: 'a', API_KEY_HASHES: keys },
      [missing('JWT_AUDIENCE', 'JWT_PUBLIC_KEY')],
    ],
    [{ ...token, ...jwt, JWT_JWKS_URL: url, JWT_SECRET: secret }, [second('JWT_SECRET', 'JWT_JWKS_URL')]],
    [
      { ...token, ...jwt, JWT_JWKS_URL: url, JWT_PUBLIC_KEY: rsaPem, JWT_SECRET: secret },
      [second('JWT_PUBLIC_KEY', 'JWT_JWKS_URL'), second('JWT_SECRET', 'JWT_JWKS_URL')],
    ],
    [{ SHUTDOWN_DELAY_MS: '25000' }, [cutOff]],
    [{ SHUTDOWN_TIMEOUT_MS: '5', SHUTDOWN_DELAY_MS: '6' }, [cutOff]],
    [{ SHUTDOWN_DELAY_MS: '600000', SHUTDOWN_TIMEOUT_MS: '600000' }, [cutOff]],
    [{ ...token, SHUTDOWN_DELAY_MS: '25001' }, [/^DASHLY_TOKEN would let anyone send replies/, cutOff]],
    [
      { NODE_ENV: 'production', API_KEY_HASHES: keys },
      [/^DASHLY_API_URL must be set in production/, useless('API_KEY_HASHES')],
    ],
    [{ PORT: 'x', SHUTDOWN_DELAY_MS: '25000' }, [/^PORT /, cutOff]],
    [{ METRICS_PORT: '4000' }, ['METRICS_PORT must differ from PORT, but both are 4000.']],
    [{ PORT: '80', METRICS_PORT: '80' }, ['METRICS_PORT must differ from PORT, but both are 80.']],
    // A variable that is wrong itself is given, and is reported once.
    [{ NODE_ENV: 'production', DASHLY_API_URL: 'x' }, [/^DASHLY_API_URL must be a URL/]],
    [{ SHUTDOWN_DELAY_MS: '25000', SHUTDOWN_TIMEOUT_MS: 'x' }, [/^SHUTDOWN_TIMEOUT_MS must be an integer/]],
    [{ ...token, API_KEY_HASHES: 'x' }, [/^API_KEY_HASHES must be/]],
    [{ JWT_SECRET: 'x', JWT_ISSUER: 'a' }, [/^JWT_SECRET is too short/, useless('JWT_ISSUER')]],
    ...['prod', 'Production', 'staging'].map((NODE_ENV): [Record<string, string>, RegExp[]] => [
      { NODE_ENV },
      [/^NODE_ENV must be one of production, development, test, but is /],
    ]),
  ])('rejects %j', (environment, faults) => {
    const result = readConfig(environment);
    const lines = faults.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line)));
    expect([result.config, result.faults]).toEqual([undefined, lines]);
    expect(result.faults?.join()).not.toMatch(/S3cr3t|BEGIN|[0-9a-f]{64}/);
  });

  test.each<[environment: Record<string, string>, config: Partial<Config>]>([
    [
      { NODE_ENV: 'production', DASHLY_API_URL: 'sandbox' },
      { INTROSPECTION: false, GRAPHIQL: false },
    ],
    [
      { NODE_ENV: 'production', DASHLY_API_URL: 'sandbox', INTROSPECTION: 'true' },
      { INTROSPECTION: true, GRAPHIQL: false },
    ],
    [
      { NODE_ENV: 'production', DASHLY_API_URL: 'sandbox', GRAPHIQL: 'true' },
      { INTROSPECTION: false, GRAPHIQL: true },
    ],
    [{ TRUSTED_DOCUMENTS: manifest }, { GRAPHIQL: false, INTROSPECTION: true }],
    [
      { TRUSTED_DOCUMENTS: manifest, GRAPHIQL: 'true' },
      { GRAPHIQL: true, INTROSPECTION: true },
    ],
    [
      { SHUTDOWN_DELAY_MS: '599999', SHUTDOWN_TIMEOUT_MS: '600000' },
      { SHUTDOWN_DELAY_MS: 599_999, SHUTDOWN_TIMEOUT_MS: 600_000 },
    ],
    [{ INTROSPECTION: 'false' }, { INTROSPECTION: false, GRAPHIQL: true }],
    // Any free ports.
    [
      { PORT: '0', METRICS_PORT: '0' },
      { PORT: 0, METRICS_PORT: 0 },
    ],
    [
      { ...token, API_KEY_HASHES: keys, RATE_LIMIT_APPLIES_TO: 'api-key' },
      { RATE_LIMIT_APPLIES_TO: ['api-key'] },
    ],
  ])('accepts %j', (environment, config) => {
    expect(readConfig(environment).config).toMatchObject(config);
  });
});

test('warns of an unknown variable that starts with DASHLY_', () => {
  const environment = { DASHLY_URL: 'https://api.dashly.app', DASHLY_TOKEN: 'x', PATH: '/bin' };
  expect(warningsOf(environment)).toEqual(['DASHLY_URL is not a variable of the gateway and has no effect.']);
});

describe('the version of graphql', () => {
  const { peerDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const [, least = ''] = /^\^(\d+\.\d+)\.0$/.exec(peerDependencies.graphql) ?? [];

  test.each(['16.14.2', '16.8.0', '15.10.1', '17.0.0', '17.0.0-rc.0'])('%s does not fit', (version) => {
    expect(faultOfGraphql(version)).toBe(
      `The gateway needs graphql ${least} or a later 16, but ${version} is installed: run "npm install graphql@16".`,
    );
  });

  test.each([`${least}.0`, '16.20.3'])('%s fits', (version) => {
    expect(faultOfGraphql(version)).toBeNull();
  });

  test('the version of this repository fits', () => {
    expect(faultOfGraphql()).toBeNull();
  });
});

describe('each variable', () => {
  const root = new URL('../src/', import.meta.url);
  const sources = new Map(
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && path !== 'config.ts')
      .map((path) => [path, readFileSync(new URL(path, root), 'utf8')]),
  );
  const readersOf = (name: string) =>
    [...sources].filter(([, text]) => new RegExp(`\\b${name}\\b`).test(text)).map(([path]) => path);

  test.each(variableNames)('%s has an effect, also as an option of the library if it is one', (name) => {
    const readers = readersOf(name);
    const isOption = !readers.includes('library.ts');
    const effective = readers.filter(
      (path) => !(path === 'library.ts' || (isOption && path.startsWith('command/'))),
    );
    expect(effective).not.toEqual([]);
  });

  test.each(variableNames.filter((name) => /TOKEN|SECRET|PASSWORD|KEY(?!_PREFIX)/.test(name)))(
    '%s is a secret, as its name says, and may be in a file',
    (name) => {
      const { faults } = readConfig({ [fileVariable(name)]: '/missing' });
      expect(faults).toEqual([expect.stringContaining(fileVariable(name))]);
    },
  );
});
