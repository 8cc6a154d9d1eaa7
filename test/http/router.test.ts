/** Every path and every method gets a response, and no response grants access to pages of other sites. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createRequestListener } from '../../src/http/router.ts';
import { createTrustedProxies } from '../../src/http/trusted-proxies.ts';
import { ask, askJson } from '../support/gateway/ask.ts';
import { converse, postBytes } from '../support/gateway/converse.ts';
import { bearer, bySecret } from '../support/gateway/issuer.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';

const query = encodeURIComponent('{ __typename }');
const mutation = encodeURIComponent(
  'mutation { replyToConversation(input: { conversationId: "1" }) { __typename } }',
);

describe('paths', () => {
  test('/health and /ready show the state', async () => {
    const { origin, drain } = await startGateway();
    expect(await ask(`${origin}/health`)).toMatchObject({ status: 200, text: 'alive\n' });
    expect(await ask(`${origin}/ready`)).toMatchObject({ status: 200, text: 'ready\n' });
    drain();
    expect(await ask(`${origin}/health`)).toMatchObject({ status: 200, text: 'alive\n' });
    expect(await ask(`${origin}/ready`)).toMatchObject({ status: 503, text: 'not ready\n' });
    expect((await ask(`${origin}/ready?probe=1`)).status).toBe(503);
  });

  test('/ready reads the state once', async () => {
    const isReady = vi.fn(() => true);
    const server = createServer(
      createRequestListener({
        graphql: async () => {},
        pages: new Map(),
        isReady,
        proxies: createTrustedProxies([]),
        logError: () => {},
      }),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}/ready`);
    expect(isReady).toHaveBeenCalledOnce();
  });

  test('requests are still served while the gateway stops', async () => {
    const { url, drain } = await startGateway();
    drain();
    expect((await askJson(url, { query: '{ __typename }' })).status).toBe(200);
  });

  test.each(['/health', '/ready'])('%s is never cached', async (path) => {
    const { origin } = await startGateway();
    expect((await ask(origin + path)).headers['cache-control']).toBe('no-store');
  });

  test.each([
    '/graphql2',
    '/graphqlx/',
    '/graphql/x',
    '/graphql//',
    '//graphql',
    '/GraphQL',
    '/api/graphql',
    '/health/',
    '/healthz',
    '/.env',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/index.html',
    '/%67raphql',
    '/<script>',
  ])('%s is not found', async (path) => {
    const { origin } = await startGateway();
    for (const method of ['GET', 'POST']) {
      const { status, text, headers } = await ask(origin + path, { method });
      expect(status).toBe(404);
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
      expect(JSON.parse(text).errors[0].message).toContain('/graphql');
      expect(text).not.toContain('script');
    }
  });

  test.each(['/graphql', '/graphql/', '/graphql?a=b', '/graphql/?a=b'])(
    '%s is the endpoint',
    async (path) => {
      const { origin } = await startGateway();
      expect((await askJson(origin + path, { query: '{ __typename }' })).text).toBe(
        '{"data":{"__typename":"Query"}}',
      );
    },
  );

  test.each([
    ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n', 404],
    ['a complete URL', 'GET http://elsewhere.example/secret HTTP/1.1\r\nHost: x\r\n\r\n', 404],
    ['another host', 'GET /health HTTP/1.1\r\nHost: evil.example:99\r\n\r\n', 200],
  ])('a target that is %s gets a response', async (_name, bytes, status) => {
    const { origin, errors } = await startGateway();
    expect((await converse(origin, bytes)).statuses).toEqual([status, 200]);
    expect(errors).toEqual([]);
  });

  test.each([
    '?query=%',
    '?query=%zz',
    '?query=%00',
    '?query=%ff',
    '?query=%7B',
    '?query=%7B__typename%7D&variables=%7B',
    '?query=%7B__typename%7D&variables=5',
    '?query=%7B__typename%7D&extensions=%7B',
    '?query=%7B__typename%7D&operationName=Nope',
    '?variables=x',
  ])('answers 400 to an invalid query string: %s', async (search) => {
    const { origin, errors } = await startGateway();
    const { statuses } = await converse(origin, `GET /graphql${search} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(statuses).toEqual([expect.toBeOneOf([200, 400]), 200]);
    expect(errors).toEqual([]);
  });
});

describe('methods', () => {
  test.each(['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'QUERY'])(
    '%s on the endpoint is rejected with the allowed methods',
    async (method) => {
      const { origin, errors } = await startGateway();
      const bytes = `${method} /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello`;
      const { statuses, text } = await converse(origin, bytes);
      expect(statuses).toEqual([405, 200]);
      expect(text).toMatch(/^allow: GET, POST\r$/im);
      expect(errors).toEqual([]);
    },
  );

  test.each(['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'POST'])(
    '%s of another path gets a response',
    async (method) => {
      const { origin } = await startGateway();
      for (const path of ['/health', '/ready', '/nowhere']) {
        const bytes = `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello`;
        expect((await converse(origin, bytes)).statuses).toEqual([path === '/nowhere' ? 404 : 200, 200]);
      }
    },
  );

  test('GET runs a query', async () => {
    const { url } = await startGateway();
    expect(await ask(`${url}?query=${query}`)).toMatchObject({
      status: 200,
      text: '{"data":{"__typename":"Query"}}',
    });
  });

  test.each([undefined, '*/*', 'application/json', 'application/graphql-response+json'])(
    'GET never runs a mutation, not even a known one (Accept: %s)',
    async (accept) => {
      const { url, sandbox } = await startGateway();
      const headers = { authorization: 'Token sandbox', ...(accept && { accept }) };
      for (const _time of [1, 2]) {
        const { status, headers: given, text } = await ask(`${url}?query=${mutation}`, { headers });
        expect(status).toBe(405);
        expect(given.allow).toBe('POST');
        expect(JSON.parse(text).errors[0].message).toMatch(/mutation.*POST/);
        await askJson(url, { query: '{ __typename }' });
      }
      expect(sandbox?.received).toEqual([]);
      await askJson(url, { query: decodeURIComponent(mutation) });
      await askJson(url, { query: decodeURIComponent(mutation) });
      expect((await ask(`${url}?query=${mutation}`, { headers })).status).toBe(405);
      expect(sandbox?.received).toHaveLength(2);
    },
  );
});

describe('pages of other sites', () => {
  const evil = {
    origin: 'https://evil.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type',
  };

  test.each<[name: string, asked: Parameters<typeof ask>[1] & { path?: string }]>([
    ['a preflight', { method: 'OPTIONS', headers: evil }],
    ['a query', { path: `/graphql?query=${query}`, headers: evil }],
    [
      'a mutation',
      {
        method: 'POST',
        headers: { ...evil, 'content-type': 'application/json' },
        body: '{"query":"mutation { __typename }"}',
      },
    ],
    [
      'a form',
      {
        method: 'POST',
        headers: { ...evil, 'content-type': 'text/plain' },
        body: '{"query":"mutation { __typename }"}',
      },
    ],
    ['GraphiQL', { headers: { ...evil, accept: 'text/html' } }],
    ['the health', { path: '/health', headers: evil }],
    ['the readiness', { path: '/ready', headers: evil }],
    ['an unknown path', { path: '/nowhere', headers: evil }],
    ['a preflight of another path', { method: 'OPTIONS', path: '/health', headers: evil }],
  ])('are not allowed by the response to %s', async (_name, { path = '/graphql', ...asked }) => {
    const { origin } = await startGateway();
    const { headers } = await ask(origin + path, asked);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(headers['x-request-id']).toMatch(/^[\w-]+$/);
  });
});

test('assigns each request its own id and ignores that of the client', async () => {
  const { origin, url } = await startGateway();
  const answers = [
    ...(await Promise.all(['/health', '/ready', '/nowhere', '/graphql'].map((path) => ask(origin + path)))),
    ...(await Promise.all(
      [1, 2, 3, 4].map(() => askJson(url, { query: '{ __typename }' }, { 'x-request-id': 'mine' })),
    )),
  ];
  const ids = answers.map(({ headers }) => headers['x-request-id']);
  expect(new Set(ids).size).toBe(answers.length);
  expect(ids).not.toContain('mine');
});

describe('an endpoint that fails', () => {
  async function start(endpoint: Parameters<typeof createRequestListener>[0]['graphql']) {
    const logError = vi.fn();
    const server = createServer(
      createRequestListener({
        graphql: endpoint,
        pages: new Map(),
        isReady: () => true,
        proxies: createTrustedProxies([]),
        logError,
      }),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, logError };
  }
  const get = 'GET /graphql HTTP/1.1\r\nHost: x\r\n\r\n';

  test('before its response causes a 500 without the reason, and a line in the log', async () => {
    const error = new Error('MARKER');
    const { origin, logError } = await start(() => Promise.reject(error));
    const { statuses, text } = await converse(origin, get);
    expect(statuses).toEqual([500, 200]);
    expect(text).not.toContain('MARKER');
    const id = /^x-request-id: (\S+)/im.exec(text)?.[1];
    expect(logError.mock.calls).toEqual([[expect.stringContaining(`${id}`), error]]);
  });

  test('during its response closes the connection, so that a partial response is not read as complete', async () => {
    const { origin, logError } = await start(async (_req, res) => {
      res.writeHead(200, { 'content-length': 100 });
      res.write('half');
      throw new Error('MARKER');
    });
    const { text } = await converse(origin, get);
    expect(text.endsWith('half') || !text.includes('half')).toBe(true);
    expect(logError).toHaveBeenCalledOnce();
  });
});

describe('a target in absolute form', () => {
  test.each(['http://x', 'https://x', 'HTTP://X:80', 'http://evil.example:1', 'http://me:secret@x'])(
    'is handled as without %s, in a GET and in a POST',
    async (start) => {
      const { origin, errors } = await startGateway();
      const body = '{"query":"{ __typename }"}';
      for (const bytes of [
        `GET ${start}/graphql?query=${query} HTTP/1.1\r\nHost: x\r\n\r\n`,
        postBytes(body).toString().replace('/graphql', `${start}/graphql`),
      ]) {
        const { statuses, text } = await converse(origin, bytes);
        expect(statuses).toEqual([200, 200]);
        expect(text).toContain('{"data":{"__typename":"Query"}}');
      }
      expect(errors).toEqual([]);
    },
  );

  test.each([
    ['http://x', 200, 'A typed GraphQL API'],
    ['http://x/', 200, 'A typed GraphQL API'],
    ['http://x?/graphql', 200, 'A typed GraphQL API'],
    ['ftp://x/graphql', 404, 'Not found.'],
  ])('%s is answered with %i and does not reach the endpoint', async (target, status, expected) => {
    const { origin, errors } = await startGateway();
    const { statuses, text } = await converse(origin, `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(statuses).toEqual([status, 200]);
    expect(text).toContain(expected);
    expect(errors).toEqual([]);
  });
});

test('no response of the endpoint can be cached', async () => {
  const { url } = await startGateway({ ...bySecret });
  const proof = await bearer({ sub: 'me' });
  const answers = async () => [
    await askJson(url, { query: '{ __typename }' }, proof),
    await askJson(url, { query: '{ nope }' }, proof),
    await askJson(url, '{', proof),
    await askJson(url, { query: '{ __typename }' }),
    await askJson(url, { query: '{ __typename }' }, { ...proof, accept: 'image/png' }),
    await askJson(url, { query: '{ __typename }' }, { ...proof, 'content-type': 'text/plain' }),
    await ask(`${url}?query=${query}`, { headers: proof }),
    await ask(`${url}?query=${mutation}`, { headers: proof }),
    await ask(url, { method: 'PUT', headers: proof }),
  ];
  const both = [...(await answers()), ...(await answers())];
  expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 400, 401, 405, 406, 415]));
  expect(both.map(({ headers }) => headers['cache-control'])).toEqual(both.map(() => 'no-store'));
});

test.each(['[', 'a%zz', 'a:99999999', 'a/b', 'x/graphql?query={a}', 'x?a', 'x#a', 'me@x', 'x\\y', 'a b'])(
  'does not depend on the header Host: %s',
  async (host) => {
    const { origin, errors } = await startGateway();
    const post = postBytes('{"query":"{ __typename }"}', { host }).toString().replace('host: x\r\n', '');
    const get = `GET /graphql?query={__typename} HTTP/1.1\r\nhost: ${host}\r\n\r\n`;
    for (const bytes of [post, get]) {
      const { text } = await converse(origin, bytes);
      expect(text).toMatch(/^HTTP\/1\.1 200 /);
      expect(text).toContain('{"data":{"__typename":"Query"}}');
    }
    expect(errors).toEqual([]);
  },
);
