/** Secrets from files: each secret of the configuration can be one, and no fault shows it. */

import { createHash, generateKeyPairSync, KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Config, readConfig, warningsOf } from '../src/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'dashly-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
function file(content: string): string {
  const path = join(folder, String(count++));
  writeFileSync(path, content);
  return path;
}

const secret = 'S3cr3t-of-thirty-two-characters!';
const hash = createHash('sha256').update('key').digest('hex');
const { publicKey } = generateKeyPairSync('ed25519');
const pem = String(publicKey.export({ type: 'spki', format: 'pem' })).trimEnd();
const token = { DASHLY_TOKEN: 'app-1-S3cr3t' };
const jwt = { ...token, JWT_ISSUER: 'https://login.example', JWT_AUDIENCE: 'dashly' };

const printed = (value: unknown) => (value instanceof KeyObject ? value.export({ format: 'jwk' }) : value);

describe.each<[name: keyof Config, content: string, others: Record<string, string>]>([
  ['DASHLY_TOKEN', 'app-1-S3cr3t', { API_KEY_HASHES: hash }],
  ['JWT_SECRET', secret, jwt],
  ['JWT_PUBLIC_KEY', pem, jwt],
  ['REDIS_URL', 'redis://me:S3cr3t@cache:6379', {}],
  ['HTTPS_PROXY', 'http://me:S3cr3t@proxy:3128', {}],
  ['API_KEY_HASHES', `${hash},${hash}`, token],
])('%s', (name, content, others) => {
  const variable = `${name}_FILE`;

  test.each([
    ['', 'without a line break'],
    ['\n', 'with a line break'],
    ['\r\n', 'with a line break of Windows'],
  ])('can be in a file %j', (end) => {
    const { config } = readConfig({ ...others, [variable]: file(content + end) });
    const { config: direct } = readConfig({ ...others, [name]: content });
    expect(direct?.[name]).toBeTruthy();
    expect(printed(config?.[name])).toEqual(printed(direct?.[name]));
  });

  test('cannot be set twice', () => {
    expect(readConfig({ ...others, [name]: content, [variable]: file(content) }).faults).toEqual([
      `${name} and ${variable} cannot be set together: set one of them.`,
    ]);
  });

  test.each([
    [join(folder, 'missing'), 'ENOENT'],
    [folder, 'EISDIR'],
    [`${secret}\0`, 'ERR_INVALID_ARG_VALUE'],
  ])('cannot be in %j', (path, code) => {
    expect(readConfig({ ...others, [variable]: path }).faults).toEqual([
      `${variable} must be the path of a readable file (${code}).`,
    ]);
  });

  test.each(['', '\n'])('cannot be in a file with %j', (empty) => {
    expect(readConfig({ ...others, [variable]: file(empty) }).faults).toEqual([
      `${variable} must be the path of a file that is not empty.`,
    ]);
  });

  test('has no warning about its file', () => {
    expect(warningsOf({ [variable]: 'x' })).toEqual([]);
  });
});

test('a wrong content is reported with the variable of its file, and is not shown', () => {
  const { faults } = readConfig({
    ...jwt,
    DASHLY_TOKEN: '',
    // Only one line break is ignored.
    DASHLY_TOKEN_FILE: file('S3cr3t\n\n'),
    REDIS_URL_FILE: file('http://me:S3cr3t@cache'),
    JWT_SECRET_FILE: file('S3cr3t'),
  });
  expect(faults).toHaveLength(3);
  expect(faults?.join('\n')).toMatch(
    /^DASHLY_TOKEN \(from DASHLY_TOKEN_FILE\) must be the token alone, .*\.$/m,
  );
  expect(faults?.join('\n')).toMatch(/^REDIS_URL \(from REDIS_URL_FILE\) must .*\.$/m);
  expect(faults?.join('\n')).toMatch(/^JWT_SECRET \(from JWT_SECRET_FILE\) is too short: .*\.$/m);
  expect(faults?.join()).not.toContain('S3cr3t');
});

test('only secrets have files', () => {
  expect(warningsOf({ DASHLY_API_URL_FILE: 'x' })).toHaveLength(1);
  expect(readConfig({ PORT_FILE: join(folder, 'missing') }).faults).toBeUndefined();
});
