/** The log of refused requests: the reason and the caller, if it is known, but never a credential. */

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Asked, ask, askJson } from '../../support/gateway/ask.ts';
import { bearer, bySecret, inSeconds, sign } from '../../support/gateway/issuer.ts';
import { sendForm } from '../../support/gateway/raw-client.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { form, map, operations } from '../../support/multipart-body.ts';

const query = '{ __typename }';
const key = 'an-api-key-of-a-server';
const proven = { ...bySecret, API_KEY_HASHES: createHash('sha256').update(key).digest('hex') };
const aHash = expect.stringMatching(/^(?:jwt|dashly-token|api-key):[\w-]{43}$/);
const fromHere = { 'client.address': '127.0.0.1' };
const id = expect.any(String);

test.each<[name: string, headers: () => Promise<Record<string, string>>, fields: object]>([
  [
    'no token',
    async () => ({ authorization: '' }),
    { refusal: expect.stringMatching(/^The header Authorization must /) },
  ],
  [
    'an expired token, with its owner',
    async () => bearer({ sub: 'me', exp: inSeconds(-60) }),
    { refusal: 'The token has expired.', 'user.hash': aHash },
  ],
  [
    'a forged token, whose owner is not known',
    async () => ({ authorization: `Bearer ${await sign({ sub: 'me' }, { key: 'another '.repeat(8) })}` }),
    { refusal: 'The token is not valid.' },
  ],
  [
    'an unknown API key',
    async () => ({ authorization: '', 'x-api-key': 'unknown-key' }),
    { refusal: 'The API key is not known.' },
  ],
])('the log has the reason of a 401 for %s', async (_name, makeHeaders, fields) => {
  const { url, lines } = await startGateway(proven);
  const headers = { origin: 'https://shop.example', ...(await makeHeaders()) };
  for (const _time of [1, 2]) expect((await askJson(url, { query }, headers)).status).toBe(401);
  const line = {
    level: 'info',
    time: expect.any(Number),
    requestId: id,
    'graphql.operation.name': null,
    ...fields,
    ...fromHere,
    'http.request.header.origin': ['https://shop.example'],
    'http.response.status_code': 401,
    ms: expect.any(Number),
  };
  expect(lines()).toEqual([line, line]);
  for (const credential of Object.values(await makeHeaders())) {
    const [, token = credential] = credential.split(' ');
    if (token !== '') expect(JSON.stringify(lines())).not.toContain(token);
  }
});

test('the log has the same owner for an expired token as for a valid one', async () => {
  const { url, lines } = await startGateway({ ...proven, NODE_ENV: 'production', DASHLY_API_URL: 'sandbox' });
  const simpleGet = { headers: { ...(await bearer({ sub: 'me' })), accept: '*/*' } };
  expect((await ask(`${url}?query={__typename}`, simpleGet)).status).toBe(403);
  expect((await askJson(url, { query }, await bearer({ sub: 'me', exp: inSeconds(-60) }))).status).toBe(401);
  const [valid, expired] = lines().map((line) => line['user.hash']);
  expect(valid).toEqual(aHash);
  expect(expired).toBe(valid);
});

test.each<[name: string, status: number, asked: Asked, search: string, refusal: RegExp]>([
  ['a query by GET', 403, { headers: { accept: '*/*' } }, '?query={__typename}', /^A GET with a query must/],
  [
    'an upload without a header',
    403,
    { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '' },
    '',
    /^A multipart request needs/,
  ],
  [
    'a POST of another media type',
    415,
    { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' },
    '',
    /Content-Type/,
  ],
])('the log has the reason and the caller of %s', async (_name, status, asked, search, refusal) => {
  const { url, lines } = await startGateway({ NODE_ENV: 'production', DASHLY_API_URL: 'sandbox' });
  const headers = { authorization: 'Token a-secret-token', ...asked.headers };
  expect((await ask(url + search, { ...asked, headers })).status).toBe(status);
  expect(lines()).toEqual([
    expect.objectContaining({
      'http.response.status_code': status,
      refusal: expect.stringMatching(refusal),
      'user.hash': aHash,
      ...fromHere,
    }),
  ]);
  expect(JSON.stringify(lines())).not.toContain('a-secret-token');
});

test('the log does not quote an invalid request', async () => {
  const { origin, lines } = await startGateway();
  const { status, text } = await sendForm(origin, form(operations(), map({ 0: ['words-of-the-caller'] })));
  expect([status, text]).toEqual([400, expect.stringContaining('words-of-the-caller')]);
  expect(lines()).toMatchObject([{ 'http.response.status_code': 400 }]);
  expect(JSON.stringify(lines())).not.toContain('words-of');
});

test.each<[origins: string, origin: string, isLogged: boolean]>([
  ['https://shop.example', 'https://evil.example', true],
  ['', 'https://shop.example', true],
  ['https://shop.example', 'https://shop.example', false],
])('with CORS_ORIGINS=%j, a preflight of %s is logged: %s', async (CORS_ORIGINS, origin, isLogged) => {
  const { url, lines } = await startGateway({ CORS_ORIGINS });
  const headers = { origin, 'access-control-request-method': 'POST' };
  const answer = await ask(url, { method: 'OPTIONS', headers });
  expect(answer.status).toBe(204);
  const line = {
    level: 'info',
    time: expect.any(Number),
    requestId: answer.headers['x-request-id'],
    refusal: 'The origin is not in CORS_ORIGINS.',
    ...fromHere,
    'http.request.header.origin': [origin],
    msg: 'A preflight was refused.',
  };
  expect(lines()).toEqual(isLogged ? [line] : []);
});

test('the log has a line for a refused request of the schema', async () => {
  const { origin, lines } = await startGateway(proven);
  expect((await ask(`${origin}/schema.graphql`)).status).toBe(401);
  expect((await ask(`${origin}/schema.graphql`, { headers: { 'x-api-key': key } })).status).toBe(200);
  expect(lines()).toMatchObject([
    { msg: 'A request for the schema was refused.', refusal: expect.any(String), ...fromHere },
  ]);
});

test('the log has the address of the client behind a trusted proxy', async () => {
  const { url, lines } = await startGateway({ ...proven, TRUST_PROXY: '127.0.0.1' });
  await askJson(url, { query }, { authorization: '', 'x-forwarded-for': '203.0.113.7' });
  expect(lines()).toMatchObject([{ 'client.address': '203.0.113.7' }]);
});

test('the log truncates a long origin', async () => {
  const { url, lines } = await startGateway();
  const headers = { origin: `https://${'x'.repeat(5_000)}`, 'access-control-request-method': 'POST' };
  await ask(url, { method: 'OPTIONS', headers });
  expect(JSON.stringify(lines()).length).toBeLessThan(1_000);
});
