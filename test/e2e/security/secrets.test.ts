/** No secret appears anywhere but in the Authorization header of the call to Dashly, whatever happens. */

import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { SignJWT } from 'jose';
import { afterAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { findSecrets } from '../../support/find-secrets.ts';
import { ask } from '../../support/gateway/ask.ts';
import { RawClient, sendForm } from '../../support/gateway/raw-client.ts';
import * as multipart from '../../support/multipart-body.ts';
import { endCommands, type StartedCommand, startCommand } from '../../support/process/start-command.ts';
import { until } from '../../support/until.ts';
import {
  answerJson,
  answerReply,
  documentedAnswer,
  type Respond,
  startUpstream,
  type Upstream,
} from '../../support/upstream/start-upstream.ts';
import { startCollector } from '../../telemetry/start-collector.ts';

afterAll(endCommands);

const dashlyToken = 'gateway.own-7fQ2xZ9kLm4TvB8nWc3RyE6u';
const callerToken = 'callers.own-Ue5Hs1Yp6Gd0Jt7Xo2Aq9Ni4';
const jwtSecret = 'signing.secret-Mz3Vb6Cx9Lp1Sd4Fg7Hj0Kq2We5Rt8';
const apiKey = 'key.of-a-server-Bn4Gh7Jk1Zx9Cv3Mq6Wp2Ls5';
const wrongKey = 'mistyped.key-Pk8Lr2Vd5Ny1Tc7Qw4Sj9Xh3';
const password = 'password.of-someone-Ga6Fu3Oi9Eb1Dm5';

/** Everything that is visible in one run. */
class Watch {
  readonly #seen: { readonly where: string; readonly text: string }[] = [];
  readonly statuses = new Set<number>();

  see(where: string, text: string): void {
    this.#seen.push({ where, text });
  }

  /** Each secret with the places that contain it. */
  leaks(secrets: Readonly<Record<string, string>>): string[] {
    return this.#seen.flatMap(({ where, text }) =>
      findSecrets(text, secrets).map((name) => `${name} in ${where}: ${text.slice(0, 300)}`),
    );
  }
}

describe('findSecrets', () => {
  const secrets = { token: dashlyToken, key: apiKey };
  const middle = dashlyToken.slice(9, 21);

  test.each([
    ['as plain text', dashlyToken],
    ['a piece of 12 characters', `…${middle}…`],
    ['in hex', `x${Buffer.from(dashlyToken).toString('hex')}`],
    ['percent-encoded', encodeURIComponent(dashlyToken)],
    ['in Base64', Buffer.from(dashlyToken).toString('base64')],
    ['in Base64 after one byte', Buffer.from(`x${dashlyToken}`).toString('base64')],
    ['in Base64 after two bytes', Buffer.from(`xy${dashlyToken}zz`).toString('base64')],
    ['in Base64url', Buffer.from(`:${dashlyToken}`).toString('base64url')],
    ['backwards', [...dashlyToken].reverse().join('')],
  ])('finds a secret %s', (_how, text) => {
    expect(findSecrets(`before ${text} after`, secrets)).toEqual(['token']);
  });

  test('finds several secrets, and none in a text without secrets', () => {
    expect(findSecrets(`${apiKey}${dashlyToken}`, secrets)).toEqual(['key', 'token']);
    expect(findSecrets(`${middle.slice(1)}… eyJhbGciOiJIUzI1NiJ9 Token Bearer`, secrets)).toEqual([]);
  });
});

/** Responses with which an upstream might echo the credentials, under every status. */
const echoes: readonly Respond[] = [200, 201, 302, 400, 401, 403, 404, 413, 418, 422, 429, 500, 503].flatMap(
  (status) => {
    const about = (make: (authorization: string, token: string) => unknown): Respond => {
      return (response, request) => {
        const authorization = request.headers.authorization ?? '';
        const token = authorization.split(' ').at(-1) ?? '';
        const headers = {
          location: `http://127.0.0.1:9/?${token}`,
          'set-cookie': `token=${token}`,
          'retry-after': token,
          'x-authorization': authorization,
        };
        answerJson(make(authorization, token), status, headers)(response, request);
      };
    };
    return [
      about((authorization) => `<html>No such ${authorization}</html>`),
      about((authorization) => ({ meta: { status, error: `${authorization} is wrong` } })),
      about((_, token) => ({ meta: { status, error: token, error_fields: { body: token } } })),
      about((_, token) => ({
        meta: { status, error: 'ValidationError', error_fields: [token, 'body'], error_message: token },
      })),
      about((authorization, token) => ({
        data: { ...documentedAnswer.data, conversation: null, token, authorization, id: { token } },
        meta: { status: 200, token },
      })),
      about((_, token) => JSON.stringify({ ...documentedAnswer, [token]: token }).slice(0, -1)),
    ];
  },
);

/** By the id of the conversation, from 1. */
const responses: readonly Respond[] = [
  answerReply(),
  (response, { headers }) => response.socket?.end(`${headers.authorization} is no HTTP\r\n\r\n`),
  (response, { headers }) =>
    response.socket?.end(`HTTP/1.1 200 ${headers.authorization}\r\n${headers.authorization}\r\n\r\n`),
  (response) => response.socket?.resetAndDestroy(),
  () => {}, // Never responds.
  ...echoes,
];

const query = `mutation ($input: ReplyToConversationInput!) {
  replyToConversation(input: $input) { ${multipart.selection} ... on TooManyRequestsError { retryAfterSeconds } }
}`;

function replyTo(conversationId: number | string, more: object = {}): string {
  return JSON.stringify({ query, variables: { input: { conversationId, body: 'Hello', ...more } } });
}

/** Added to the number of the response, so that it answers a read; look-ups of replies read other conversations. */
const readsFrom = 1_000;

/** Fewer than may wait for a connection, and none that makes the gateway refuse further calls. */
const readResponses = responses.slice(0, 35);

function readOf(index: number): string {
  const variables = { id: String(readsFrom + index) };
  const read = 'query ($id: ID!) { conversation(id: $id) { parts { nodes { id body } } } }';
  return JSON.stringify({ query: read, variables });
}

type Headers = Record<string, string>;

interface Mode {
  readonly environment: Headers;
  /** Valid credentials. */
  readonly good: readonly Headers[];
  /** Invalid credentials. */
  readonly bad: readonly Headers[];
  /** All secrets, by name. */
  readonly secrets: Headers;
  /** The expected Authorization header of the call to Dashly. */
  readonly authorization: string;
}

function sign(key: Uint8Array | KeyObject, { alg = 'HS256', audience = 'gateway', exp = '5m' } = {}) {
  return new SignJWT({ sub: 'somebody', dashly_admin_id: '8164', scope: 'dashly:reply:any' })
    .setProtectedHeader({ alg, kid: 'one' })
    .setIssuer('https://issuer.example')
    .setAudience(audience)
    .setExpirationTime(exp)
    .sign(key);
}

async function passThrough(): Promise<Mode> {
  const authorization = `Token ${callerToken}`;
  return {
    environment: {},
    good: [{ authorization }],
    bad: [
      {},
      { authorization: callerToken },
      { authorization: `${authorization}, ${authorization}` },
      { authorization: `Basic ${Buffer.from(`me:${password}`).toString('base64')}` },
    ],
    secrets: { callerToken, password },
    authorization,
  };
}

async function withSecret(): Promise<Mode> {
  const secret = Buffer.from(jwtSecret);
  const jwt = await sign(secret);
  const others = {
    expired: await sign(secret, { exp: '-1h' }),
    forged: await sign(Buffer.from(jwtSecret.toUpperCase())),
    elsewhere: await sign(secret, { audience: 'another' }),
    unsigned: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${jwt.split('.')[1]}.`,
    cut: jwt.slice(0, -5),
  };
  return {
    environment: {
      DASHLY_TOKEN: dashlyToken,
      JWT_SECRET: jwtSecret,
      JWT_ISSUER: 'https://issuer.example',
      JWT_AUDIENCE: 'gateway',
      API_KEY_HASHES: createHash('sha256').update(apiKey).digest('hex'),
    },
    good: [{ authorization: `Bearer ${jwt}` }, { 'x-api-key': apiKey }],
    bad: [
      {},
      ...Object.values(others).map((token) => ({ authorization: `Bearer ${token}` })),
      { authorization: `Token ${callerToken}` },
      { authorization: `Basic ${Buffer.from(`me:${password}`).toString('base64')}` },
      { 'x-api-key': wrongKey },
      { 'x-api-key': `${apiKey}, ${apiKey}` },
      { 'x-api-key': wrongKey, authorization: `Bearer ${jwt}` },
      { 'x-api-key': apiKey, authorization: `Bearer ${others.expired}` },
    ],
    secrets: { dashlyToken, jwtSecret, apiKey, wrongKey, callerToken, password, jwt, ...others },
    authorization: `Token ${dashlyToken}`,
  };
}

/** Invalid requests, for any caller. */
const mistakes: readonly (readonly [
  body: string | Buffer,
  headers?: Headers,
  method?: string,
  path?: string,
])[] = [
  ['{'],
  ['[]'],
  [Buffer.from([0xff, 0xfe])],
  ['{ "query": "{" }'],
  ['{ "query": "{ nonsense }" }'],
  ['{ "query": "{ __typename }" }', { 'content-type': 'text/plain' }],
  ['{ "query": "{ __typename }" }', { 'content-encoding': 'gzip' }],
  ['{ "query": "{ __typename }" }', { host: 'a b' }],
  ['{ "query": "{ __typename }" }', {}, 'PUT'],
  ['', {}, 'GET', '/graphql?query=mutation{replyToConversation(input:{conversationId:1}){__typename}}'],
  ['', {}, 'GET', '/nowhere'],
  ['', {}, 'GET', '/health'],
  ['', { accept: 'text/html' }, 'GET', '/graphql?query={nonsense}'],
  [JSON.stringify({ query, variables: { input: { body: 5 } } })],
  [replyTo('../1')],
  [replyTo('1', { type: 'NONE' })],
  [JSON.stringify({ query: `{ __typename } # ${'x'.repeat(70_000)}` })],
  [JSON.stringify({ query: 'x'.repeat(1_100_000) })],
  [
    JSON.stringify({
      query: `mutation { ${[1, 2, 3, 4, 5, 6].map((n) => `a${n}: replyToConversation(input: {conversationId: 1}) { __typename }`).join(' ')} }`,
    }),
  ],
];

const large = Buffer.alloc(200_000, 'large ');

const uploads: readonly Buffer[] = [
  multipart.upload('small'),
  multipart.upload(large), // More than the process may write into a file.
  multipart.form(multipart.replyOperations(), multipart.map(), multipart.file(Buffer.alloc(600_000))),
  multipart.form(multipart.replyOperations(), multipart.map()),
  multipart.form(multipart.replyOperations(), multipart.map({ '0': ['query'] })),
  multipart.form('nonsense'),
];

async function drive(command: StartedCommand, mode: Mode, watch: Watch): Promise<void> {
  const { origin } = command;
  async function send(
    body: string | Buffer,
    headers: Headers = {},
    method = 'POST',
    path = '/graphql',
  ): Promise<string> {
    const all = { 'content-type': 'application/json', accept: 'application/json', ...headers };
    const answer = await ask(`${origin}${path}`, { method, headers: all, ...(body && { body }) });
    watch.see(`the answer to ${method} ${path}`, `${JSON.stringify(answer.headers)} ${answer.text}`);
    watch.statuses.add(answer.status);
    return answer.text;
  }

  // Each twice, since the second time the compiled operation responds.
  for (const _time of [1, 2]) {
    for (const credentials of mode.good) {
      await Promise.all(responses.map((_, index) => send(replyTo(index + 1), credentials)));
      const read = await Promise.all(readResponses.map((_, index) => send(readOf(index + 1), credentials)));
      expect(read.filter((text) => text.includes('UNAVAILABLE')).length).toBeGreaterThan(10);
      for (const [body, headers, method, path] of mistakes) {
        await send(body, { ...credentials, ...headers }, method, path);
      }
      for (const form of uploads) {
        const answer = await sendForm(origin, form, { authorization: null, ...credentials });
        watch.see('the answer to an upload', `${answer.head} ${answer.text}`);
        watch.statuses.add(answer.status);
      }
      const crossSite = { authorization: null, ...credentials, 'apollo-require-preflight': null };
      watch.statuses.add((await sendForm(origin, multipart.upload('small'), crossSite)).status);
      await breakOff(origin, credentials, command, watch);
    }
    for (const credentials of mode.bad) {
      await send(replyTo(1), credentials);
      const answer = await sendForm(origin, multipart.upload(large), { authorization: null, ...credentials });
      watch.see('the answer to an upload', `${answer.head} ${answer.text}`);
    }
  }
  const texts = await Promise.all(Array.from({ length: 300 }, () => send(replyTo(1), mode.good[0])));
  expect(texts.join()).toContain('TooManyRequestsError');
}

/** Requests that end in the middle, and one that is not HTTP. */
async function breakOff(
  origin: string,
  credentials: Headers,
  { spool }: StartedCommand,
  watch: Watch,
): Promise<void> {
  const form = multipart.upload(Buffer.alloc(200_000, 'x'));
  const uploading = new RawClient(origin);
  await uploading.write(
    multipart.head(form.length, { authorization: null, ...credentials }),
    form.subarray(0, -40),
  );
  await until(() => expect(spool.files()).not.toEqual([]));
  for (const path of spool.files()) {
    watch.see('a temporary file', `${path} ${existsSync(path) ? readFileSync(path, 'latin1') : ''}`);
  }
  uploading.reset();
  await spool.becomesEmpty();

  const asking = new RawClient(origin);
  const lines = Object.entries(credentials).map(([name, value]) => `${name}: ${value}\r\n`);
  const top = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${lines.join('')}`;
  await asking.write(`${top}content-length: 100\r\n\r\n{`);
  asking.reset();
  const broken = new RawClient(origin);
  await broken.write(`${top}no header at all\r\n\r\n`);
  await broken.closed();
  watch.see('the answer to what is no HTTP', broken.rest);
}

function seeUpstream(upstream: Upstream, watch: Watch): void {
  for (const { method, path, headers, body } of upstream.requests) {
    const { authorization: _, ...others } = headers;
    watch.see('a call to Dashly', `${method} ${path} ${JSON.stringify(others)} ${body}`);
  }
}

async function seeProcess(command: StartedCommand, watch: Watch): Promise<void> {
  for (const name of ['cmdline', 'comm']) {
    watch.see('the title of the process', readFileSync(`/proc/${command.processId}/${name}`, 'latin1'));
  }
  command.child.kill('SIGTERM');
  expect(await command.ended).toBe(0);
  watch.see('stdout', command.output.out);
  watch.see('stderr', command.output.err);
}

test.each([
  ['callers send their own tokens', passThrough],
  ["'the gateway has its own token'", withSecret],
])('if %s, no secret appears', async (_which, createMode) => {
  const mode = await createMode();
  const upstream = await startUpstream((response, request) => {
    const [, number, method] = /\/conversations\/(\d+)\/(reply|parts)/.exec(request.path) ?? [];
    const index = method === 'parts' ? Number(number) - readsFrom : Number(number);
    (responses[index - 1] ?? answerReply())(response, request);
  });
  const collector = await startCollector();
  const environment = {
    DASHLY_API_URL: upstream.url,
    METRICS_PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint.href,
    DASHLY_TIMEOUT_MS: '500',
    UPLOAD_MAX_BYTES: '500000',
    RATE_LIMIT_PER_MINUTE: '300',
    RATE_LIMIT_APPLIES_TO: 'jwt,dashly-token',
    CORS_ORIGINS: 'https://shop.example',
    ...mode.environment,
  };
  const command = await startCommand(environment, 128 * 1024);
  const watch = new Watch();
  await drive(command, mode, watch);
  seeUpstream(upstream, watch);
  const { text: metrics } = await ask(/http:\S+\/metrics/.exec(command.output.out)?.[0] ?? '');
  watch.see('the metrics', metrics);
  await seeProcess(command, watch);
  watch.see('the traces', JSON.stringify(collector.spans));

  expect(watch.leaks(mode.secrets)).toEqual([]);
  // Proves that all of this happened.
  expect(metrics).toContain('dashly_gateway_operations_total{result="DashlyRejectedError"}');
  expect(collector.spans.length).toBeGreaterThan(echoes.length);
  const statuses = [200, 400, 403, 404, 405, 413, 415, ...(mode.environment['DASHLY_TOKEN'] ? [401] : [])];
  expect([...watch.statuses]).toEqual(expect.arrayContaining(statuses));
  expect(command.output.out).toContain('Unexpected error in request');
  expect(new Set(upstream.requests.map(({ headers }) => headers.authorization))).toEqual(
    new Set([mode.authorization]),
  );
});

test('a secret in a response is detected', async () => {
  const mode = await withSecret();
  const upstream = await startUpstream();
  const command = await startCommand({ DASHLY_API_URL: upstream.url, ...mode.environment });
  const watch = new Watch();
  const [credentials = {}] = mode.good;
  const { text } = await ask(`${command.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...credentials },
    body: JSON.stringify({ query: `{ planted_${dashlyToken.slice(12, 26)} }` }),
  });
  watch.see('the answer', text);
  expect(watch.leaks(mode.secrets)).toEqual([expect.stringMatching(/^dashlyToken in the answer/)]);
});

test('a token of letters and digits is not passed on as the name of an error', async () => {
  const token = 'ab9f3c7d1e5a8b2c6d0e4f9a3b7c1d5e';
  const upstream = await startUpstream(
    answerJson({ meta: { status: 400, error: token, error_fields: token } }, 400),
  );
  const mode = await withSecret();
  const environment = { ...mode.environment, DASHLY_TOKEN: token, DASHLY_API_URL: upstream.url };
  const command = await startCommand(environment);
  const [credentials = {}] = mode.good;
  const { text } = await ask(`${command.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...credentials },
    body: replyTo(1),
  });
  expect(findSecrets(text, { token })).toEqual([]);
});

describe('the set of keys', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  async function askWithKeysFrom(respond: Respond) {
    const jwt = await sign(privateKey, { alg: 'ES256' });
    const keys = await startUpstream(respond);
    const command = await startCommand({
      DASHLY_TOKEN: dashlyToken,
      JWT_JWKS_URL: `${keys.url}/keys`,
      JWT_ISSUER: 'https://issuer.example',
      JWT_AUDIENCE: 'gateway',
    });
    const watch = new Watch();
    const answer = await ask(`${command.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${jwt}` },
      body: replyTo(1),
    });
    watch.see('the answer', `${JSON.stringify(answer.headers)} ${answer.text}`);
    watch.statuses.add(answer.status);
    seeUpstream(keys, watch);
    for (const { headers } of keys.requests) expect(headers.authorization).toBeUndefined();
    await seeProcess(command, watch);
    return { watch, secrets: { dashlyToken, jwt } };
  }

  test.each<[string, Respond]>([
    ['a 500', answerJson('broken', 500)],
    ['a redirect', answerJson('', 302, { location: 'http://127.0.0.1:9/' })],
    ['not JSON', answerJson('<html>')],
    ['no keys', answerJson({ keys: [] })],
    ['a reset', (response) => response.socket?.resetAndDestroy()],
  ])('that cannot be fetched (%s) reveals no token', async (_how, respond) => {
    const { watch, secrets } = await askWithKeysFrom(respond);
    expect([...watch.statuses].every((status) => status === 401 || status === 503)).toBe(true);
    expect(watch.leaks(secrets)).toEqual([]);
  });

  test('cannot have a password in its URL, which errors would reveal', () => {
    const { faults } = readConfig({
      DASHLY_TOKEN: dashlyToken,
      JWT_JWKS_URL: `https://me:${password}@issuer.example/keys`,
      JWT_ISSUER: 'https://issuer.example',
      JWT_AUDIENCE: 'gateway',
    });
    expect(faults).toEqual([expect.stringMatching(/^JWT_JWKS_URL /)]);
    expect(findSecrets(String(faults), { password, dashlyToken })).toEqual([]);
  });
});
