/** With its own token the gateway authenticates callers before it reads anything else of their requests. */

import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { inspect } from 'node:util';
import { exportJWK } from 'jose';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Authenticate, createPassThrough } from '../../../src/http/auth/authenticate.ts';
import { type Asked, ask, type HttpAnswer } from '../../support/gateway/ask.ts';
import {
  audience,
  bearer,
  bySecret,
  gatewayToken,
  inSeconds,
  issuer,
  makeKeys,
  pemOf,
  sign,
} from '../../support/gateway/issuer.ts';
import { RawClient, sendForm } from '../../support/gateway/raw-client.ts';
import { startGateway, type TestGateway } from '../../support/gateway/start-gateway.ts';
import { watchSpool } from '../../support/gateway/watch-spool.ts';
import { head, upload } from '../../support/multipart-body.ts';
import { noise } from '../../support/noise.ts';
import { until } from '../../support/until.ts';
import { answerJson, startUpstream, type Upstream } from '../../support/upstream/start-upstream.ts';

const spool = watchSpool();

const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');
const key = 'key-of-a-server';
const otherKey = 'key-of-another-server';
const hashes = `${hashOf(otherKey)}, ${hashOf(key).toUpperCase()}`;

/** The ways to authenticate. */
const modes = {
  jwt: bySecret,
  'api-key': { DASHLY_TOKEN: gatewayToken, API_KEY_HASHES: hashes },
  both: { ...bySecret, API_KEY_HASHES: hashes },
} as const;
type Mode = keyof typeof modes;

const challenges: Record<Mode, string> = {
  jwt: 'Bearer realm="dashly-graphql-gateway"',
  'api-key': 'ApiKey realm="dashly-graphql-gateway"',
  both: 'Bearer realm="dashly-graphql-gateway", ApiKey realm="dashly-graphql-gateway"',
};

interface Stage {
  readonly gateway: TestGateway;
  readonly upstream: Upstream;
}

async function start(mode: Mode, more: Record<string, string> = {}): Promise<Stage> {
  const upstream = await startUpstream();
  return {
    upstream,
    gateway: await startGateway({ DASHLY_API_URL: upstream.url, ...modes[mode], ...more }),
  };
}

const query = `mutation { replyToConversation(input: { conversationId: "1", body: "Hello" }) {
  __typename ... on ReplyError { message delivery }
} }`;
const json = { 'content-type': 'application/json' };

function askReply({ gateway }: Stage, headers: Record<string, string>): Promise<HttpAnswer> {
  return ask(gateway.url, {
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify({ query }),
  });
}

function expectRefused({ status, headers, text }: HttpAnswer, challenge: string | RegExp): void {
  expect(status).toBe(401);
  expect(headers['www-authenticate']).toMatch(challenge);
  expect(headers['content-type']).toMatch(/^application\/json/);
  expect(JSON.parse(text)).toEqual({
    errors: [{ message: expect.stringMatching(/^[A-Z].*\.$/), extensions: { code: 'UNAUTHENTICATED' } }],
  });
}

const sent = '{"data":{"replyToConversation":{"__typename":"ReplyToConversationPayload"}}}';

const asAdmin = () => bearer({ dashly_admin_id: '8164' });
const expired = () => bearer({ dashly_admin_id: '8164', exp: inSeconds(-60) });
const forged = async () => ({
  authorization: `Bearer ${await sign({ dashly_admin_id: '8164' }, { key: 'another secret of 32 bytes or more' })}`,
});
const invalid = /^Bearer realm="dashly-graphql-gateway", error="invalid_token", error_description="[^"]+"$/;

type Credentials = () => Record<string, string> | Promise<Record<string, string>>;

describe('an authenticated caller', () => {
  test.each<[mode: Mode, name: string, credentials: Credentials]>([
    ['jwt', 'a JWT', asAdmin],
    [
      'jwt',
      'a JWT and a key where only JWTs are accepted',
      async () => ({ ...(await asAdmin()), 'x-api-key': 'x' }),
    ],
    [
      'jwt',
      'a scheme in another letter case',
      async () => ({ authorization: `bEARER   ${await sign({ dashly_user_id: '1' })}` }),
    ],
    ['api-key', 'a key', () => ({ 'x-api-key': key })],
    ['api-key', 'another key', () => ({ 'x-api-key': otherKey })],
    [
      'api-key',
      'a key, and a scheme that is not accepted',
      () => ({ 'x-api-key': key, authorization: 'Basic YTpi' }),
    ],
    [
      'api-key',
      'a key, and an expired JWT where only keys are accepted',
      async () => ({ 'x-api-key': key, ...(await expired()) }),
    ],
    ['both', 'a JWT', asAdmin],
    ['both', 'a key', () => ({ 'x-api-key': key })],
    ['both', 'both', async () => ({ 'x-api-key': key, ...(await asAdmin()) })],
  ])('%s: %s', async (mode, _name, credentials) => {
    const setup = await start(mode);
    const headers = await credentials();
    const secrets = [gatewayToken, key, otherKey, headers['authorization']?.split(' ').at(-1) ?? key];
    for (const _time of [1, 2, 3]) {
      const answer = await askReply(setup, headers);
      expect(answer).toMatchObject({ status: 200, text: sent });
      for (const it of secrets) expect(answer.text + inspect(answer.headers)).not.toContain(it);
    }
    expect(setup.upstream.requests.map((it) => it.headers.authorization)).toEqual(
      Array(3).fill(`Token ${gatewayToken}`),
    );
    const { authorization: _, ...rest } = setup.upstream.requests[0]?.headers ?? {};
    const elsewhere = inspect([rest, setup.upstream.requests.map(({ path, body }) => [path, body])], {
      depth: 9,
    });
    for (const it of secrets) expect(elsewhere).not.toContain(it);
  });

  test('is accepted with a JWT that the configured public key verifies', async () => {
    const { privateKey, publicKey } = makeKeys('Ed25519');
    const JWT_PUBLIC_KEY = pemOf(publicKey).replaceAll('\n', '\\n');
    const upstream = await startUpstream();
    const gateway = await startGateway({
      DASHLY_API_URL: upstream.url,
      DASHLY_TOKEN: gatewayToken,
      JWT_PUBLIC_KEY,
      JWT_ISSUER: issuer,
      JWT_AUDIENCE: audience,
    });
    const token = await sign({ dashly_user_id: '42' }, { key: privateKey, header: { alg: 'EdDSA' } });
    const setup = { gateway, upstream };
    expect((await askReply(setup, { authorization: `Bearer ${token}` })).text).toBe(sent);
    expectRefused(await askReply(setup, await bearer({ dashly_user_id: '42' })), invalid);
    expect(upstream.requests).toHaveLength(1);
  });

  test('with a JWT and an API key has the rights of the JWT', async () => {
    const setup = await start('both');
    for (const _time of [1, 2]) {
      const { text } = await askReply(setup, { 'x-api-key': key, ...(await bearer({ sub: 'a person' })) });
      expect(text).toContain('PermissionDeniedError');
    }
    expect(setup.upstream.requests).toEqual([]);
  });

  test("does not get the gateway's token if Dashly rejects it", async () => {
    const meta = { status: 401, error: 'NotAuthenticated', error_message: gatewayToken };
    const upstream = await startUpstream(answerJson({ data: {}, meta }, 401));
    const gateway = await startGateway({ DASHLY_API_URL: upstream.url, ...bySecret });
    for (const _time of [1, 2]) {
      const { status, text } = await askReply({ gateway, upstream }, await asAdmin());
      expect(status).toBe(200);
      expect(text).toContain('NotAuthenticatedError');
      expect(text).not.toContain(gatewayToken);
    }
  });
});

describe('an unauthenticated request is rejected', () => {
  const jwtCases: [name: string, credentials: Credentials, challenge: string | RegExp][] = [
    ['an expired JWT', expired, /, error="invalid_token", error_description="The token has expired\."$/],
    ['a forged JWT', forged, invalid],
    ['a JWT for another audience', () => bearer({ aud: 'x' }), invalid],
    ['a JWT of another issuer', () => bearer({ iss: 'x' }), invalid],
    ['a JWT without exp', () => bearer({ exp: undefined }), invalid],
    ['an invalid JWT', () => ({ authorization: 'Bearer nonsense' }), invalid],
    ['a JWT that would break the header', () => ({ authorization: 'Bearer "\\",error="' }), invalid],
  ];
  const schemes = ['Bearer', 'Bearer a b', 'Token abc', `Token ${gatewayToken}`, 'Basic YTpi', 'abc', ''];

  test.each<[mode: Mode, name: string, credentials: Credentials, challenge: string | RegExp]>([
    ...(['jwt', 'both'] as const).flatMap((mode) => [
      ...jwtCases.map(([name, ...rest]): [Mode, string, Credentials, string | RegExp] => [
        mode,
        name,
        ...rest,
      ]),
      ...schemes.map((authorization): [Mode, string, Credentials, string] => [
        mode,
        JSON.stringify(authorization),
        () => ({ authorization }),
        challenges[mode],
      ]),
    ]),
    ...(['jwt', 'api-key', 'both'] as const).map((mode): [Mode, string, Credentials, string] => [
      mode,
      'nothing',
      () => ({}),
      challenges[mode],
    ]),
    ...(['api-key', 'both'] as const).flatMap((mode) =>
      [
        '',
        'x',
        `${key}x`,
        key.slice(1),
        key.toUpperCase(),
        hashOf(key),
        `${key}, ${key}`,
        `${otherKey},${key}`,
        '\xff',
      ].map((it): [Mode, string, Credentials, string] => [
        mode,
        `the key ${JSON.stringify(it)}`,
        () => ({ 'x-api-key': it }),
        challenges[mode],
      ]),
    ),
    ['jwt', 'a key where only JWTs are accepted', () => ({ 'x-api-key': key }), challenges.jwt],
    ['api-key', 'a JWT where only keys are accepted', asAdmin, challenges['api-key']],
    ['api-key', 'a key as a bearer', () => ({ authorization: `Bearer ${key}` }), challenges['api-key']],
    [
      'jwt',
      'a JWT as a key',
      async () => ({ 'x-api-key': await sign({ dashly_admin_id: '1' }) }),
      challenges.jwt,
    ],
    [
      'both',
      'a valid key with an expired JWT',
      async () => ({ 'x-api-key': key, ...(await expired()) }),
      invalid,
    ],
    [
      'both',
      'a valid key with a forged JWT',
      async () => ({ 'x-api-key': key, ...(await forged()) }),
      invalid,
    ],
    [
      'both',
      'a valid key with another scheme',
      () => ({ 'x-api-key': key, authorization: 'Basic YTpi' }),
      challenges.both,
    ],
    [
      'both',
      'a valid JWT with a wrong key',
      async () => ({ 'x-api-key': 'x', ...(await asAdmin()) }),
      challenges.both,
    ],
    [
      'both',
      'a valid JWT with an empty key',
      async () => ({ 'x-api-key': '', ...(await asAdmin()) }),
      challenges.both,
    ],
    [
      'both',
      'a JWT in a cookie',
      async () => ({ cookie: `authorization=Bearer ${await sign()}` }),
      challenges.both,
    ],
  ])('%s: %s', async (mode, _name, credentials, challenge) => {
    const setup = await start(mode);
    // The document and the Accept header are cached by now.
    const proof = mode === 'api-key' ? { 'x-api-key': key } : await asAdmin();
    for (const _time of [1, 2]) expect((await askReply(setup, proof)).text).toBe(sent);
    for (const _time of [1, 2]) {
      const headers = await credentials();
      const answer = await askReply(setup, headers);
      expectRefused(answer, challenge);
      const token = /^Bearer (\S{20,})$/.exec(headers['authorization'] ?? '')?.[1] ?? gatewayToken;
      expect(answer.text + inspect(answer.headers)).not.toContain(token);
    }
    expect(setup.upstream.requests).toHaveLength(2);
    expect(setup.gateway.errors).toEqual([]);
  });

  test('if the same header is sent twice', async () => {
    const { gateway, upstream } = await start('api-key');
    const client = new RawClient(gateway.origin);
    await client.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\nx-api-key: ${key}\r\nx-api-key: ${key}\r\ncontent-length: 0\r\n\r\n`,
    );
    expect((await client.answer()).status).toBe(401);
    expect(upstream.requests).toEqual([]);
  });

  test('also with a query in the URL or another method', async () => {
    const { gateway } = await start('both');
    const url = `${gateway.url}?query=${encodeURIComponent('{ replyLimits { attachmentMaxBytes } }')}`;
    const html = { accept: 'text/html' };
    for (const _time of [1, 2]) {
      expectRefused(await ask(url), challenges.both);
      expectRefused(await ask(url, { headers: html }), challenges.both);
      expectRefused(await ask(gateway.url), challenges.both);
      expectRefused(await ask(gateway.url, { method: 'OPTIONS' }), challenges.both);
      for (const method of ['PUT', 'DELETE', 'PATCH'])
        expectRefused(await ask(gateway.url, { method }), challenges.both);
      expect((await ask(gateway.url, { method: 'HEAD', headers: html })).status).toBe(401);
      expect(await ask(url, { headers: await asAdmin() })).toMatchObject({ status: 200 });
      expect(await ask(url, { headers: { 'x-api-key': key } })).toMatchObject({ status: 200 });
    }
  });

  test('before other errors are reported', async () => {
    const { gateway } = await start('both');
    const bodies: Asked[] = [
      { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' },
      { method: 'POST', headers: { ...json, 'content-encoding': 'gzip' }, body: 'x' },
      { method: 'POST', headers: json, body: '{' },
      { method: 'POST', headers: json, body: JSON.stringify({ query: '{ nonsense }' }) },
      { method: 'POST', headers: json, body: Buffer.alloc(2 * 1024 * 1024, 0x20) },
      { method: 'POST', headers: { 'content-type': 'multipart/form-data' }, body: 'x' },
      { method: 'POST' },
    ];
    for (const asked of bodies) expectRefused(await ask(gateway.url, asked), challenges.both);
  });
});

describe('the body of an unauthenticated request', () => {
  const lacks = async () => ({ authorization: (await expired()).authorization });

  test.each(['application/json', 'multipart/form-data; boundary=x', 'text/plain'])(
    'does not delay the response: %s',
    async (type) => {
      const { gateway } = await start('jwt');
      for (const bytes of [1_000_000, 'chunked'] as const) {
        const client = new RawClient(gateway.origin);
        await client.write(head(bytes, { ...(await lacks()), 'content-type': type }));
        const { status, body } = await client.answer();
        expect({ status, body }).toMatchObject({ status: 401, body: { errors: [{}] } });
      }
    },
  );

  test('is not spooled', async () => {
    const { gateway, upstream } = await start('both');
    const names: (string | null)[] = [];
    const watcher = watch(spool.directory, (_event, name) => names.push(name));
    onTestFinished(() => watcher.close());
    const body = upload(noise(300_000));
    for (const headers of [
      await lacks(),
      { authorization: null },
      { authorization: null, 'x-api-key': 'x' },
    ]) {
      expect((await sendForm(gateway.origin, body, headers)).status).toBe(401);
    }
    // Half of it, from a client that stays connected.
    const client = new RawClient(gateway.origin);
    await client.write(head(body.length, await lacks()), body.subarray(0, 200_000));
    expect((await client.answer()).status).toBe(401);
    expect({ files: spool.files(), open: spool.open(), names }).toEqual({ files: [], open: [], names: [] });

    expect((await sendForm(gateway.origin, body, await asAdmin())).status).toBe(200);
    await until(() => expect(names).not.toEqual([]));
    await spool.becomesEmpty();
    expect(upstream.requests).toHaveLength(1);
    expect(upstream.requests[0]?.headers.authorization).toBe(`Token ${gatewayToken}`);
  });

  test('does not block its connection for the next request', async () => {
    const { gateway } = await start('jwt');
    const client = new RawClient(gateway.origin);
    await client.write(head(1_000, { 'content-type': 'application/json', authorization: null }));
    expect((await client.answer()).status).toBe(401);
    await client.write('x'.repeat(1_000));
    expect(await client.expectUsableOrClosed()).toBe('usable');
  });
});

test('uploads whose clients disconnect during authentication do not count against the limit', async () => {
  const { privateKey, publicKey } = makeKeys('Ed25519');
  const keys = [await exportJWK(publicKey)];
  const held = Promise.withResolvers<void>();
  const keySet = await startUpstream(
    (...exchange) => void held.promise.then(() => answerJson({ keys })(...exchange)),
  );
  const upstream = await startUpstream();
  const gateway = await startGateway({
    DASHLY_API_URL: upstream.url,
    DASHLY_TOKEN: gatewayToken,
    JWT_JWKS_URL: keySet.url,
    JWT_ISSUER: issuer,
    JWT_AUDIENCE: audience,
  });
  const token = await sign({ dashly_user_id: '42' }, { key: privateKey, header: { alg: 'EdDSA' } });
  const authorization = `Bearer ${token}`;
  const body = upload(noise(100_000));
  const clients = Array.from({ length: 64 }, () => new RawClient(gateway.origin));
  for (const client of clients)
    await client.write(head(body.length, { authorization }), body.subarray(0, 1_000));
  await until(() => expect(keySet.requests).toHaveLength(1));
  await until(() => expect(gateway.inFlight().requests).toBe(64));
  for (const client of clients) client.goAway();
  await until(() => expect(gateway.inFlight().connections).toBe(0));
  held.resolve();
  await until(() => expect(gateway.inFlight().requests).toBe(0));
  await until(async () => expect((await sendForm(gateway.origin, body, { authorization })).status).toBe(200));
  await spool.becomesEmpty();
  expect(upstream.requests).toHaveLength(1);
});

describe('open without authentication', () => {
  test.each<[name: string, path: string, asked: Asked, status: number]>([
    ['health', '/health', {}, 200],
    ['readiness', '/ready', {}, 200],
    ['the page of GraphiQL', '/graphql', { headers: { accept: 'text/html,*/*' } }, 200],
    [
      'a preflight',
      '/graphql',
      { method: 'OPTIONS', headers: { origin: 'https://a.test', 'access-control-request-method': 'POST' } },
      204,
    ],
    ['the front page', '/', {}, 200],
    ['an unknown path', '/nowhere', {}, 404],
  ])('%s', async (_name, path, asked, status) => {
    for (const mode of ['jwt', 'api-key', 'both'] as const) {
      const { gateway } = await start(mode);
      const headers = { ...asked.headers, authorization: 'Bearer nonsense', 'x-api-key': 'x' };
      for (const it of [asked, { ...asked, headers }]) {
        const answer = await ask(gateway.origin + path, it);
        expect(answer.status).toBe(status);
        expect(answer.text).not.toContain(gatewayToken);
      }
    }
  });

  test('a page of another site can read the reason for a rejection', async () => {
    const setup = await start('jwt', { CORS_ORIGINS: 'https://a.test' });
    const { status, headers } = await askReply(setup, { origin: 'https://a.test' });
    expect(status).toBe(401);
    expect(headers['access-control-allow-origin']).toBe('https://a.test');
    expect(headers['access-control-expose-headers']).toContain('www-authenticate');
  });
});

test('malformed claims do not cause an unexpected error', async () => {
  const setup = await start('jwt');
  const odd: Record<string, unknown>[] = [
    { sub: { toString: 1, valueOf: 1 }, dashly_admin_id: '1' },
    { sub: JSON.parse(`${'['.repeat(1_000)}${']'.repeat(1_000)}`), dashly_admin_id: '1' },
    { dashly_admin_id: { toString: 1 } },
    { dashly_conversation_ids: { length: 1e9 } },
    { scope: 5 },
  ];
  for (const claims of odd) {
    const { status, text } = await askReply(setup, await bearer(claims));
    expect({ status, text }).toEqual({ status: 200, text: expect.stringContaining('PermissionDeniedError') });
  }
  expect(setup.gateway.errors).toEqual([]);
  expect(setup.upstream.requests).toEqual([]);
});

test('1,000 concurrent callers each reply under their own identity', async () => {
  // In random order, so that a mix-up of requests would be detected.
  const upstream = await startUpstream((response, request) => {
    const body = request.fields.find(([name]) => name === 'body')?.[1] ?? '';
    setTimeout(
      () => answerJson({ data: {}, meta: { status: 403, error: body } }, 403)(response, request),
      (Number(body.slice(1)) * 7) % 30,
    );
  });
  const gateway = await startGateway({
    DASHLY_API_URL: upstream.url,
    DASHLY_TIMEOUT_MS: '60000',
    ...bySecret,
  });
  const callers = await Promise.all(
    Array.from({ length: 1_000 }, async (_, index) => ({
      body: `C${index}`,
      sender:
        index % 3 ? (['from_user', `${index + 1}`] as const) : (['from_admin', `${index + 1}`] as const),
      headers: await bearer(index % 3 ? { dashly_user_id: index + 1 } : { dashly_admin_id: `${index + 1}` }),
    })),
  );
  const mutation = `mutation ($body: String) { replyToConversation(input: { conversationId: "1", body: $body }) {
    ... on DashlyRejectedError { code }
  } }`;
  const answers = await Promise.all(
    callers.map(({ body, headers }, index) =>
      ask(gateway.url, {
        method: 'POST',
        headers: { ...json, ...headers },
        body: JSON.stringify({ query: index % 5 ? mutation : `${mutation} # ${index}`, variables: { body } }),
      }),
    ),
  );
  expect(answers.map(({ text }) => JSON.parse(text).data?.replyToConversation?.code)).toEqual(
    callers.map(({ body }) => body),
  );
  const arrived = upstream.requests.map(({ headers, fields }) => ({
    authorization: headers.authorization,
    body: fields.find(([name]) => name === 'body')?.[1],
    senders: fields.filter(([name]) => name.startsWith('from_')),
  }));
  expect(arrived).toHaveLength(1_000);
  expect(new Map(arrived.map(({ body, ...rest }) => [body, rest]))).toEqual(
    new Map(
      callers.map(({ body, sender }) => [
        body,
        { authorization: `Token ${gatewayToken}`, senders: [sender] },
      ]),
    ),
  );
});

describe('the caller of a known token', () => {
  afterEach(() => void vi.restoreAllMocks());

  const identify = (authenticate: Authenticate, authorization: string) =>
    authenticate({ headers: { authorization } } as IncomingMessage, 'request');

  test('is forgotten after ten minutes', async () => {
    const authenticate = createPassThrough();
    const { caller } = await identify(authenticate, 'Token a');
    expect((await identify(authenticate, 'Token a')).caller).toBe(caller);
    const later = performance.now() + 600_000;
    vi.spyOn(performance, 'now').mockReturnValue(later);
    // The cache reads the clock once in a millisecond.
    await until(async () => expect((await identify(authenticate, 'Token a')).caller).not.toBe(caller));
    expect((await identify(authenticate, 'Token a')).caller).toEqual(caller);
  });

  test('is not that of another token, nor of another scheme', async () => {
    const authenticate = createPassThrough();
    const { caller } = await identify(authenticate, 'Token a');
    expect((await identify(authenticate, 'Token b')).caller?.id).not.toBe(caller?.id);
    expect((await identify(authenticate, 'Bearer a')).caller?.credential.authorization).toBe('Bearer a');
    expect((await identify(authenticate, 'Basic a')).caller).toBe(null);
  });

  test('is not kept for ever more tokens', async () => {
    const authenticate = createPassThrough();
    const { caller } = await identify(authenticate, 'Token a');
    for (let index = 0; index < 10_000; index++) await identify(authenticate, `Token other-${index}`);
    expect((await identify(authenticate, 'Token a')).caller).not.toBe(caller);
  });
});
