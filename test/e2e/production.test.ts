/** NODE_ENV=production turns off development features, and responses reveal no internals. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createClient, fetchExchange, gql } from '@urql/core';
import { getIntrospectionQuery } from 'graphql';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { ask, askJson, type HttpAnswer } from '../support/gateway/ask.ts';
import { everything, reply } from '../support/gateway/reply.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { boundary, field, file, form, map, replyOperations } from '../support/multipart-body.ts';
import {
  answerJson,
  type Respond,
  startTcpUpstream,
  startUpstream,
} from '../support/upstream/start-upstream.ts';

/** All fields of a failure. */
const selection = everything.replaceAll('...OfPart', 'id body');
const production = { NODE_ENV: 'production', DASHLY_API_URL: 'sandbox' };

describe('the upstream', () => {
  test('must be configured', () => {
    expect(readConfig({ NODE_ENV: 'production' })).toEqual({
      faults: [expect.stringMatching(/^DASHLY_API_URL must be set in production: .*sandbox.*\.$/)],
    });
    expect(readConfig({ NODE_ENV: 'production', DASHLY_API_URL: '' }).faults).toHaveLength(1);
    expect(readConfig({ NODE_ENV: 'development' }).faults).toBeUndefined();
  });

  test('is required by the command, which exits with one line', async () => {
    const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
    const env = { PATH: process.env['PATH'], PORT: '0', NODE_ENV: 'production' };
    const ended = await new Promise((resolve) => {
      execFile(process.execPath, [main], { env }, (error, stdout, stderr) =>
        resolve([error?.code, stdout, stderr]),
      );
    });
    expect(ended).toEqual([1, '', expect.stringMatching(/^DASHLY_API_URL must be set in production.*\n$/)]);
  });

  test('can be the sandbox explicitly', async () => {
    const gateway = await startGateway(production);
    for (const _time of [1, 2]) {
      expect(await reply(gateway, { conversationId: '1', body: 'Hi' })).toMatchObject({
        __typename: 'ReplyToConversationPayload',
      });
    }
    expect(gateway.sandbox?.received).toHaveLength(2);
  });

  test('can be Dashly', () => {
    const { config } = readConfig({ NODE_ENV: 'production', DASHLY_API_URL: 'https://api.dashly.app/v2' });
    expect(config).toMatchObject({
      INTROSPECTION: false,
      GRAPHIQL: false,
      CORS_ORIGINS: [],
      TRUSTED_DOCUMENTS: null,
    });
  });
});

describe('a query by GET', () => {
  const query = `?query=${encodeURIComponent('{ __typename }')}`;
  const shop = 'https://shop.example';
  const start = () => startGateway({ ...production, CORS_ORIGINS: shop });

  test.each<[name: string, headers: Record<string, string>]>([
    ['a bare request', {}],
    ['a scanner', { accept: '*/*', authorization: 'Token sandbox' }],
    ['a link', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }],
    ['an image', { accept: 'image/avif,image/webp,*/*;q=0.8' }],
    ['a form', { accept: '*/*', 'content-type': 'text/plain' }],
    ['a form in another letter case', { 'content-type': 'Multipart/Form-Data; boundary=b' }],
    ['an empty preflight header', { 'apollo-require-preflight': '' }],
    ['a script of another site', { accept: 'application/json', 'sec-fetch-site': 'cross-site' }],
    [
      'a script of another site that is not listed',
      { accept: 'application/json', 'sec-fetch-site': 'same-site', origin: 'https://evil.example' },
    ],
  ])('is rejected for %s, with a message that names what is missing', async (_name, headers) => {
    const { url } = await start();
    for (const search of [query, '?documentId=a', '?variables={}&extensions={}']) {
      const { status, text } = await ask(url + search, { headers });
      expect([status, JSON.parse(text).data]).toEqual([403, undefined]);
      for (const name of ['apollo-require-preflight', 'x-graphql-yoga-csrf', 'x-apollo-operation-name']) {
        expect(text).toContain(name);
      }
    }
    expect((await ask(`${(await startGateway()).url}${query}`)).status).toBe(200);
  });

  test.each<[name: string, headers: Record<string, string>]>([
    ['apollo-require-preflight', { 'apollo-require-preflight': 'true' }],
    ['x-graphql-yoga-csrf', { 'x-graphql-yoga-csrf': '1' }],
    ['x-apollo-operation-name', { 'x-apollo-operation-name': 'A', 'sec-fetch-site': 'cross-site' }],
    ['a content type that is not simple', { 'content-type': 'application/json' }],
    ['an accepted type', { accept: 'application/json' }],
    ['an Accept header of a client', { accept: 'application/graphql-response+json, application/json;q=0.9' }],
    ['its own site', { accept: 'application/json', 'sec-fetch-site': 'same-origin' }],
    ['a site that is listed', { accept: 'application/json', 'sec-fetch-site': 'cross-site', origin: shop }],
  ])('is executed with %s', async (_name, headers) => {
    const { url } = await start();
    expect(await ask(url + query, { headers })).toMatchObject({
      status: 200,
      text: '{"data":{"__typename":"Query"}}',
    });
  });

  test('is executed for urql, which uses GET by default', async () => {
    const { url } = await start();
    const client = createClient({ url, exchanges: [fetchExchange] });
    const { data } = await client.query(gql`{ replyLimits { attachmentMaxBytes } }`, {});
    expect(data).toMatchObject({ replyLimits: { attachmentMaxBytes: 10_485_760 } });
  });

  test.each([{}, { 'apollo-require-preflight': '1' }])(
    'never executes a mutation, with %j',
    async (headers) => {
      const gateway = await start();
      const mutation = 'mutation { replyToConversation(input: { conversationId: "1" }) { __typename } }';
      const search = `?query=${encodeURIComponent(mutation)}`;
      const answer = await ask(gateway.url + search, {
        headers: { authorization: 'Token sandbox', ...headers },
      });
      expect([403, 405]).toContain(answer.status);
      expect(gateway.sandbox?.received).toEqual([]);
    },
  );
});

describe('introspection', () => {
  const documents: [name: string, query: string][] = [
    ['the introspection query', getIntrospectionQuery()],
    ['__schema', '{ __schema { queryType { name } } }'],
    ['__type', '{ __type(name: "Query") { name } }'],
    ['an alias', '{ __typename a: __schema { types { name } } }'],
    ['a fragment', '{ ...F } fragment F on Query { __type(name: "Query") { name } }'],
    [
      'fragments of fragments',
      '{ ... { ...F } } fragment F on Query { ...G } fragment G on Query { s: __schema { __typename } }',
    ],
    ['a skipped field', '{ __typename __schema @skip(if: true) { __typename } }'],
    ['another operation', 'query A { __typename } query B { __schema { __typename } }'],
    ['a mutation', 'mutation { __schema { __typename } }'],
    ['the SDL of the subgraph', '{ _service { sdl } }'],
  ];

  test.each(documents)('is rejected, also when repeated and by GET: %s', async (_name, query) => {
    const upstream = await startUpstream();
    const { url } = await startGateway({ ...production, DASHLY_API_URL: upstream.url });
    const operationName = query.includes('query A') ? 'A' : undefined;
    for (const accept of ['*/*', 'application/json', 'application/graphql-response+json', '*/*']) {
      const search = new URLSearchParams({ query, ...(operationName ? { operationName } : {}) });
      for (const answer of [
        await askJson(url, { query, operationName }, { accept }),
        await ask(`${url}?${search}`, { headers: { accept } }),
      ]) {
        const { data, errors } = JSON.parse(answer.text);
        expect([data, errors.length > 0]).toEqual([undefined, true]);
        expect(answer.text).not.toMatch(/Query type|queryType"|replyLimits/);
      }
    }
    expect(upstream.requests).toEqual([]);
  });

  test.each(documents.slice(0, 6))('is allowed with INTROSPECTION=true: %s', async (_name, query) => {
    const { url } = await startGateway({ ...production, INTROSPECTION: 'true' });
    expect(JSON.parse((await askJson(url, { query })).text).errors).toBeUndefined();
  });

  test('is rejected with INTROSPECTION=false in development, but __typename is not', async () => {
    for (const environment of [production, { INTROSPECTION: 'false' }]) {
      const { url } = await startGateway(environment);
      expect((await askJson(url, { query: '{ __schema { __typename } }' })).text).toContain('errors');
      const { text } = await askJson(url, {
        query: '{ a: __typename ...F } fragment F on Query { replyLimits { __typename } }',
      });
      expect(JSON.parse(text)).toEqual({
        data: { a: 'Query', replyLimits: { __typename: 'ReplyLimits' } },
      });
    }
  });
});

describe('"Did you mean …?"', () => {
  const send = (input: string, selection = '__typename') =>
    `mutation { replyToConversation(input: ${input}) { ${selection} } }`;
  const byInput =
    'mutation ($input: ReplyToConversationInput!) { replyToConversation(input: $input) { __typename } }';
  const byType =
    'mutation ($type: ReplyType) { replyToConversation(input: { conversationId: "1", type: $type }) { __typename } }';

  /** Each contains a misspelled name of the schema. */
  test.each<[name: string, query: string, variables: object, hint: string]>([
    ['a field', '{ replyLimit { __typename } }', {}, 'replyLimits'],
    ['a field of a type', '{ replyLimits { attachmentMaxByte } }', {}, 'attachmentMaxBytes'],
    ['a field without a selection', '{ replyLimits }', {}, 'replyLimits { ... }'],
    ['a field of one type of a union', send('{ conversationId: "1" }', 'message'), {}, 'ReplyError'],
    ['an argument', 'mutation { replyToConversation(inputs: {}) { __typename } }', {}, 'input'],
    ['an argument of a directive', '{ __typename @skip(iff: true) }', {}, 'if'],
    ['a type of a variable', 'query ($a: ReplyTypes) { __typename }', {}, 'ReplyType'],
    ['a type of a fragment', '{ ... on Querys { __typename } }', {}, 'Query'],
    ['an enum', send('{ conversationId: "1", type: NOTES }'), {}, 'NOTE'],
    ['an enum in lower case', send('{ conversationId: "1", type: article }'), {}, 'ARTICLE'],
    ['an enum as a string', send('{ conversationId: "1", type: "NOTE" }'), {}, 'the enum value "NOTE"'],
    ['an enum in a variable', byType, { type: 'NOTES' }, 'NOTE'],
    ['an enum in the input', byInput, { input: { conversationId: '1', type: 'ARTICLES' } }, 'ARTICLE'],
    [
      'an enum in an object',
      byInput,
      { input: { conversationId: '1', from: { default: 'ADMINS' } } },
      'ADMIN',
    ],
    ['an enum as a default value', 'query ($a: ReplyType = NOTES) { __typename }', {}, 'NOTE'],
    ['a field of the input', send('{ conversationId: "1", bodyJsons: {} }'), {}, 'bodyJson'],
    ['a field of the input in a variable', byInput, { input: { conversationId: '1', bodyy: 'x' } }, 'body'],
    [
      'a field of an object in a list',
      byInput,
      { input: { conversationId: '1', actions: [{ quickReplys: {} }] } },
      'quickReply',
    ],
  ])(
    'is not part of the error for %s, except with INTROSPECTION=true',
    async (_name, query, variables, hint) => {
      const quiet = await startGateway(production);
      const helpful = await startGateway({ ...production, INTROSPECTION: 'true' });
      for (const accept of ['application/json', 'application/graphql-response+json', 'application/json']) {
        const { errors } = JSON.parse((await askJson(quiet.url, { query, variables }, { accept })).text);
        const messages = errors.map(({ message }: { message: string }) => message);
        expect(messages.join('\n')).not.toMatch(/did you mean/i);
        expect(messages.length).toBeGreaterThan(0);
        const loud = await askJson(helpful.url, { query, variables }, { accept });
        expect(loud.text).toMatch(/Did you mean/);
        expect(loud.text.replaceAll('\\"', '"')).toContain(hint.startsWith('the') ? hint : `"${hint}"`);
      }
      expect(quiet.sandbox?.received).toEqual([]);
    },
  );

  test('is not part of the errors of a cached document', async () => {
    const { url } = await startGateway(production);
    for (const type of ['NOTE', 'NOTE', 'NOTES', 'NOTE', 'NOTES']) {
      const { text } = await askJson(url, { query: byType, variables: { type } });
      expect(text).not.toMatch(/did you mean/i);
      expect('errors' in JSON.parse(text)).toBe(type === 'NOTES');
    }
  });
});

/** What graphql-cop, a scanner of GraphQL endpoints, sends to find a weakness. */
test('a scanner finds nothing', async () => {
  const { url } = await startGateway(production);
  const repeat = (count: number, text: string) => Array(count).fill(text).join(' ');
  const answers = async (query: string) => JSON.parse((await askJson(url, { query })).text);
  const overloads = [
    `{ ${Array.from({ length: 101 }, (_, index) => `alias${index}: __typename`).join(' ')} }`,
    `{ ${repeat(500, '__typename')} }`,
    '{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }',
    '{ __schema { directive } }',
  ];
  for (const query of overloads) {
    const { data, errors } = await answers(query);
    expect([query, data]).toEqual([query, undefined]);
    expect(JSON.stringify(errors)).not.toContain('Did you mean');
  }
  expect((await answers(`{ __typename ${repeat(10, '@aa')} }`)).errors.length).toBeLessThan(10);
  expect((await askJson(url, Array(10).fill({ query: '{ __typename }' }))).status).toBe(400);
  expect((await answers('{ __typename }')).extensions).toBeUndefined();
  for (const query of ['{__typename}', 'mutation{__typename}']) {
    expect((await ask(`${url}?query=${query}`)).status).toBe(403);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await ask(url, { method: 'POST', headers, body: `query=${query}` })).status).toBe(415);
  }
  expect((await ask(url, { headers: { accept: 'text/html' } })).text).not.toContain('graphiql');
});

describe('GraphiQL', () => {
  const browser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

  test.each<[environment: Record<string, string>, isThere: boolean]>([
    [{}, true],
    [{ GRAPHIQL: 'false' }, false],
    [production, false],
    [{ ...production, INTROSPECTION: 'true' }, false],
    [{ ...production, GRAPHIQL: 'true' }, true],
  ])('with %j: %s', async (environment, isThere) => {
    const { url } = await startGateway(environment);
    for (const path of ['', '/', '?a=b']) {
      const { headers, text } = await ask(url + path, browser);
      expect(headers['content-type']?.startsWith('text/html')).toBe(isThere);
      expect(text.includes('<script')).toBe(isThere);
    }
  });
});

/** Internals that must not appear in a response or its headers. */
const insides = [
  /node_modules|\.ts\b|\.js\b|file:\/\/|\bat \S+ \(|\/(?:home|usr|tmp|var|work|root)\//,
  /(?<!x-graphql-)yoga(?!-csrf)/i,
  /pothos|undici|envelop(?!e)|busboy|graphql-upload|graphql-js|zod|whatwg|jose\b|lru-cache|node(?:\.js)?\/v?\d/i,
  /ECONN|ENOTFOUND|EPIPE|UND_ERR|UpstreamSecret|127\.0\.0\.1/,
  /TypeError|RangeError|SyntaxError:|ReferenceError|ZodError|AssertionError/,
];

function expectNothingInside({ headers, text }: HttpAnswer, name: string): void {
  // The id is random and may contain any of these words.
  const all = `${JSON.stringify(headers)}\n${text}`.replaceAll(String(headers['x-request-id']), '');
  for (const inside of insides)
    expect(all.match(inside)?.[0], `${name}: ${all.slice(0, 500)}`).toBeUndefined();
  expect(headers['x-content-type-options'], name).toBe('nosniff');
  expect(Object.keys(headers)).not.toContain('x-powered-by');
  expect(Object.keys(headers)).not.toContain('server');
}

describe('no response reveals internals', () => {
  const json = { 'content-type': 'application/json', authorization: 'Token sandbox' };
  const multipart = {
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'apollo-require-preflight': '1',
    authorization: 'Token sandbox',
  };
  const post = (body: string | Buffer, headers: Record<string, string> = json) => ({
    method: 'POST',
    headers,
    body,
  });
  const deep = '['.repeat(100_000);

  test.each<[name: string, path: string, asked: Parameters<typeof ask>[1]]>([
    ['no parameters', '/graphql', {}],
    ['no parameters, for a page', '/graphql', { headers: { accept: 'text/html' } }],
    ['an invalid Accept header', '/graphql', { headers: { accept: ';;q=x' } }],
    ['another path', '/etc/passwd', {}],
    ['an unusual path', '/graphql/../%00', {}],
    ['health', '/health', {}],
    ['readiness', '/ready', {}],
    ['PUT', '/graphql', { method: 'PUT' }],
    ['OPTIONS', '/graphql', { method: 'OPTIONS' }],
    ['HEAD', '/graphql', { method: 'HEAD' }],
    ['an invalid query', '/graphql?query=%7B', {}],
    ['invalid variables', '/graphql?query=%7B__typename%7D&variables=%7B', {}],
    ['variables that are a number', '/graphql?query=%7B__typename%7D&variables=5', {}],
    ['a mutation by GET', '/graphql?query=mutation%7BreplyToConversation%7D', {}],
    ['an empty body', '/graphql', post('')],
    ['a body that is not JSON', '/graphql', post('{"query": "{')],
    ['a body that is null', '/graphql', post('null')],
    ['a body that is a number', '/graphql', post('5')],
    ['a batch', '/graphql', post('[]')],
    ['a body that is not UTF-8', '/graphql', post(Buffer.from([0xff, 0xfe]))],
    ['a body that is too large', '/graphql', post(Buffer.alloc(2 ** 20 + 1, 32))],
    ['a body that is too deep', '/graphql', post(deep)],
    [
      'variables that are too deep',
      '/graphql',
      post(`{"query": "{ __typename }", "variables": {"a": ${deep}${']'.repeat(100_000)}}}`),
    ],
    ['a query that is a number', '/graphql', post('{"query": 5}')],
    ['an unknown parameter', '/graphql', post('{"query": "{ __typename }", "nope": 1}')],
    ['a prototype', '/graphql', post('{"__proto__": {"query": "{ a }"}, "query": "{ __typename }"}')],
    ['extensions that are a string', '/graphql', post('{"query": "{ __typename }", "extensions": "x"}')],
    ['an invalid document', '/graphql', post('{"query": "query { 5 }"}')],
    ['an unknown field', '/graphql', post('{"query": "{ nope }"}')],
    ['a subscription', '/graphql', post('{"query": "subscription { a }"}')],
    ['an unknown operation', '/graphql', post('{"query": "{ __typename }", "operationName": "A"}')],
    ['a deeply nested document', '/graphql', post(`{"query": "${'{ a '.repeat(1_000)}"}`)],
    [
      'a file that is a number',
      '/graphql',
      post(
        JSON.stringify({
          query:
            'mutation ($f: Upload!) { replyToConversation(input: { conversationId: "1", attachment: { file: $f } }) { __typename } }',
          variables: { f: 1 },
        }),
      ),
    ],
    ['another media type', '/graphql', post('a=b', { 'content-type': 'text/xml' })],
    ['a compressed body', '/graphql', post('x', { ...json, 'content-encoding': 'br' })],
    [
      'a multipart request without a boundary',
      '/graphql',
      post('', { ...multipart, 'content-type': 'multipart/form-data' }),
    ],
    [
      'a multipart request without a header',
      '/graphql',
      post('', { 'content-type': multipart['content-type'] }),
    ],
    ['an empty multipart request', '/graphql', post('', multipart)],
    ['a multipart request without a map', '/graphql', post(form(field('operations', '{}')), multipart)],
    ['invalid operations', '/graphql', post(form(field('operations', '{')), multipart)],
    ['an invalid map', '/graphql', post(form(replyOperations(), map('[')), multipart)],
    [
      'a map with an unknown path',
      '/graphql',
      post(form(replyOperations(), map({ 0: ['__proto__.a'] }), file()), multipart),
    ],
    ['a missing file', '/graphql', post(form(replyOperations(), map()), multipart)],
    ['two files of one name', '/graphql', post(form(replyOperations(), map(), file(), file()), multipart)],
    ['a part without a name', '/graphql', post(`--${boundary}\r\n\r\nx\r\n--${boundary}--`, multipart)],
  ])('to a request with %s', async (name, path, asked) => {
    const hash = createHash('sha256').update('key').digest('hex');
    const environment = { ...production, CORS_ORIGINS: 'https://shop.example' };
    const open = await startGateway(environment);
    const closed = await startGateway({
      ...environment,
      DASHLY_TOKEN: 'UpstreamSecret',
      API_KEY_HASHES: hash,
    });
    for (const { origin } of [open, closed]) {
      for (const accept of [
        undefined,
        'application/json',
        'application/graphql-response+json',
        'text/html',
        undefined,
      ]) {
        const headers = { ...asked?.headers, ...(accept === undefined ? {} : { accept }) };
        expectNothingInside(await ask(origin + path, { ...asked, headers }), name);
        expectNothingInside(
          await ask(origin + path, { ...asked, headers: { ...headers, 'x-api-key': 'key' } }),
          name,
        );
      }
    }
    expect(open.errors).toEqual([]);
    expect(closed.errors).toEqual([]);
  });

  const html =
    '<html><!-- UpstreamSecret --><h1>UpstreamSecret at /var/www/node_modules/undici/index.js:5</h1></html>';
  const secret = 'UpstreamSecret: TypeError at run (/home/dashly/app.js:1:2)';
  const page =
    (status: number, headers: Record<string, string> = {}): Respond =>
    (response) =>
      void response
        .writeHead(status, {
          'content-type': 'text/html',
          server: 'UpstreamSecret',
          'x-powered-by': 'UpstreamSecret',
          'set-cookie': 'a=UpstreamSecret',
          ...headers,
        })
        .end(html);
  const meta = (status: number, more: object): Respond =>
    answerJson(
      { meta: { status, ...more }, message: secret, data: { message: secret, stack: secret } },
      status,
      {
        'x-debug': 'UpstreamSecret',
      },
    );

  test.each<[name: string, respond: Respond]>([
    ...[200, 201, 204, 302, 400, 401, 403, 404, 413, 418, 422, 429, 500, 502, 503, 504].map(
      (status): [string, Respond] => [
        `a page, ${status}`,
        page(status, status === 302 ? { location: '/UpstreamSecret' } : {}),
      ],
    ),
    ['a page with Retry-After', page(429, { 'retry-after': 'UpstreamSecret' })],
    ...[
      'ReplyTooBig',
      'ValidationError',
      'BadRequest',
      'LookupError',
      'NotAuthenticated',
      'PermissionDeniedError',
      'TooManyRequests',
      'Error404',
      'Error500',
      'UnknownName',
    ].map((error): [string, Respond] => [
      `${error} with messages`,
      meta(400, {
        error,
        error_message: secret,
        error_fields: { body: secret, [secret]: secret, actions: [secret] },
      }),
    ]),
    ['an error name that is a message', meta(400, { error: secret })],
    ['an error name that is markup', meta(400, { error: '<b>UpstreamSecret</b>' })],
    ['an error name that is an object', meta(400, { error: { message: secret } })],
    ['fields that are messages', meta(400, { error: 'ValidationError', error_fields: [secret] })],
    ['a status that is a string', meta(200, { status: secret })],
    ['an error with a 200', meta(200, { status: 200, error: secret })],
    ['another shape', answerJson({ data: { id: secret, message: secret }, meta: { status: 200 } })],
    ['a message as the whole response', answerJson(JSON.stringify(secret))],
    ['incomplete JSON', answerJson(`{"data": "${secret}`)],
    ['a closed connection', (response) => void response.destroy()],
    [
      'an incomplete response',
      (response) => {
        response.writeHead(200, { 'content-length': '9999' }).write(secret);
        setTimeout(() => response.destroy(), 20);
      },
    ],
  ])('after a response of the upstream with %s', async (name, respond) => {
    const upstream = await startUpstream(respond);
    const gateway = await startGateway({ ...production, DASHLY_API_URL: upstream.url });
    const query = `mutation { replyToConversation(input: { conversationId: "1", body: "Hi" }) { ${selection} } }`;
    for (const accept of ['application/json', 'application/graphql-response+json', 'application/json']) {
      const answer = await askJson(gateway.url, { query }, { accept });
      expectNothingInside(answer, name);
      expect([answer.status, JSON.parse(answer.text).errors]).toEqual([200, undefined]);
    }
    const body = form(replyOperations(), map(), file());
    expectNothingInside(await ask(gateway.url, post(body, multipart)), name);
    expect(upstream.requests).toHaveLength(4);
    expect(gateway.errors).toEqual([]);
  });

  test('with an upstream that is unreachable or does not speak HTTP', async () => {
    const babbling = await startTcpUpstream((socket) => socket.end(secret));
    for (const DASHLY_API_URL of [babbling, 'http://127.0.0.1:1', 'https://name.invalid/v2']) {
      const gateway = await startGateway({ ...production, DASHLY_API_URL });
      const query = `mutation { replyToConversation(input: { conversationId: "1" }) { ${selection} } }`;
      const answer = await askJson(gateway.url, { query });
      expectNothingInside(answer, DASHLY_API_URL);
      expect(answer.text).toContain('DashlyUnavailableError');
      expect(answer.text).not.toContain('name.invalid');
    }
  });
});
