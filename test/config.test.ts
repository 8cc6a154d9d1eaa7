/** The environment is read once, and whatever is wrong with it is said in one line for each variable. */

import { describe, expect, test } from 'vitest';
import { type Config, readConfig } from '../src/config.ts';

const defaults: Config = {
  PORT: 4000,
  HOST: '127.0.0.1',
  NODE_ENV: 'development',
  DASHLY_API_URL: 'sandbox',
  DASHLY_TIMEOUT_MS: 10_000,
  DASHLY_TOKEN: null,
  JWT_JWKS_URL: null,
  JWT_PUBLIC_KEY: null,
  JWT_SECRET: null,
  JWT_ISSUER: null,
  JWT_AUDIENCE: null,
  API_KEY_HASHES: [],
  MAX_REPLIES_PER_OPERATION: 5,
  RATE_LIMIT_PER_MINUTE: 60,
  RATE_LIMIT_APPLIES_TO: ['jwt'],
  UPLOAD_MAX_BYTES: 10 * 1024 * 1024,
  CORS_ORIGINS: [],
  INTROSPECTION: true,
  GRAPHIQL: true,
  TRUSTED_DOCUMENTS: null,
};

test('nothing has to be set', () => {
  expect(readConfig({})).toEqual({ config: defaults });
});

test('an empty variable counts as unset, and a foreign one does not matter', () => {
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
  ['DASHLY_TIMEOUT_MS', '600000', 600_000],
  ['UPLOAD_MAX_BYTES', '1', 1],
  ['UPLOAD_MAX_BYTES', '2147483647', 2_147_483_647],
  ['DASHLY_API_URL', 'sandbox', 'sandbox'],
])('%s=%s is taken', (name, text, value) => {
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
])('DASHLY_API_URL=%s is taken', (text) => {
  expect(readConfig({ DASHLY_API_URL: text }).config?.DASHLY_API_URL).toEqual(new URL(text));
});

describe('a wrong value is one line that names the variable', () => {
  const port = /^PORT is to be a whole number from 0 to 65535\.$/;
  const timeout = /^DASHLY_TIMEOUT_MS is to be a whole number from 1 to 600000\.$/;
  const size = /^UPLOAD_MAX_BYTES is to be a whole number from 1 to 2147483647\.$/;
  const notAUrl = /^DASHLY_API_URL is not a URL, such as https:/;
  const scheme = /^DASHLY_API_URL is to begin with https:\/\/\.$/;
  const clear = /^DASHLY_API_URL is to begin with https:\/\/ \(http:\/\/ only for this machine/;
  const extras = /^DASHLY_API_URL is to have no user, password, query or fragment\.$/;

  test.each<[name: string, text: string, line: RegExp]>([
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
    ].map((text): [string, string, RegExp] => ['PORT', text, port]),
    ...['0', '-5', '600001', '10s', '1e3', 'Infinity', 'NaN', '1.0', '10\n'].map(
      (text): [string, string, RegExp] => ['DASHLY_TIMEOUT_MS', text, timeout],
    ),
    ...['0', '2147483648', '10MB', '-1', '1.5', 'null'].map((text): [string, string, RegExp] => [
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
    ['DASHLY_API_URL', 'ftp://api.dashly.app', scheme],
    ['DASHLY_API_URL', 'file:///etc/passwd', scheme],
    ['DASHLY_API_URL', 'localhost:4001', scheme],
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
  ])('%s=%j', (name, text, line) => {
    const { config, faults } = readConfig({ [name]: text });
    expect(config).toBeUndefined();
    expect(faults).toEqual([expect.stringMatching(line)]);
    expect(faults?.join()).not.toContain('secret');
  });

  test('and several wrong ones are one line each', () => {
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
