/** The responses that a page of another site may read: only those for listed origins, rejections included. */

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Asked, ask, type HttpAnswer } from '../../support/gateway/ask.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';

const shop = 'https://shop.example';
const admin = 'http://localhost:3000';
const listed = `${shop}, ${admin}`;

const strangers = [
  'null',
  '*',
  '',
  'https://evil.example',
  'https://shop.example.evil.example',
  'https://evilshop.example',
  'https://www.shop.example',
  'https://shop.exampl',
  'https://shop.example.',
  'https://shop.example/',
  'https://shop.example:443',
  'https://shop.example:8443',
  'http://shop.example',
  'HTTPS://SHOP.EXAMPLE',
  'https://Shop.example',
  'https://shop.example, http://localhost:3000',
  'https://shop.example https://evil.example',
  'http://localhost:3001',
  'http://localhost',
  'https://localhost:3000',
];

const json = { 'content-type': 'application/json', authorization: 'Token sandbox' };
const post = (body: string | Buffer, headers: Record<string, string> = json): Asked => ({
  method: 'POST',
  headers,
  body,
});
const mutation = JSON.stringify({
  query: 'mutation { replyToConversation(input: { conversationId: "1" }) { __typename } }',
});
const page = { accept: 'text/html' };

/** Requests to `/graphql`, and the expected status. */
const requests: [name: string, status: number, asked: Asked, search?: string][] = [
  ['a reply', 200, post(mutation)],
  ['a query by GET', 200, {}, '?query={__typename}'],
  ['the page', 200, { headers: page }],
  [
    'an invalid document',
    400,
    post('{"query": "{ nope }"}', { ...json, accept: 'application/graphql-response+json' }),
  ],
  ['a body that is not JSON', 400, post('{')],
  [
    'a mutation by GET',
    405,
    {},
    `?query=${encodeURIComponent('mutation { replyToConversation(input: { conversationId: "1" }) { __typename } }')}`,
  ],
  ['another method', 405, { method: 'PUT' }],
  ['OPTIONS without a preflight', 405, { method: 'OPTIONS' }],
  ['an unacceptable media type', 406, post(mutation, { ...json, accept: 'image/png' })],
  ['a body that is too large', 413, post(Buffer.alloc(1024 * 1024 + 1, ' '))],
  ['a form', 415, post('a=b', { 'content-type': 'application/x-www-form-urlencoded' })],
  ['a compressed body', 415, post('{}', { ...json, 'content-encoding': 'gzip' })],
  ['files without a header', 403, post('', { 'content-type': 'multipart/form-data; boundary=b' })],
  [
    'invalid files',
    400,
    post('', {
      'content-type': 'multipart/form-data; boundary=b',
      'x-apollo-operation-name': 'a',
      authorization: 'Token sandbox',
    }),
  ],
];

const preflightHeaders = {
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization,content-type,x-of-our-own',
};
const preflight: Asked = { method: 'OPTIONS', headers: preflightHeaders };

const from = (origin: string, asked: Asked): Asked => ({ ...asked, headers: { ...asked.headers, origin } });

function corsHeaders({ headers }: HttpAnswer): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));
}

const readable = (origin: string) => ({
  'access-control-allow-origin': origin,
  'access-control-expose-headers': 'x-request-id, retry-after, www-authenticate, ratelimit, ratelimit-policy',
});

describe('without CORS_ORIGINS', () => {
  test.each([...requests, ['a preflight', 204, preflight] as const])(
    'no origin may read the response to %s',
    async (_name, status, asked, search = '') => {
      const { url } = await startGateway();
      for (const origin of [shop, admin, ...strangers, new URL(url).origin, shop]) {
        const answer = await ask(url + search, from(origin, asked));
        expect([origin, answer.status, corsHeaders(answer)]).toEqual([origin, status, {}]);
      }
    },
  );
});

describe('with CORS_ORIGINS', () => {
  describe.each(requests)('the response to %s (%i)', (_name, status, asked, search = '') => {
    test('may be read from a listed origin, which it names', async () => {
      const { url } = await startGateway({ CORS_ORIGINS: listed });
      for (const origin of [shop, admin, shop]) {
        const answer = await ask(url + search, from(origin, asked));
        expect([answer.status, corsHeaders(answer)]).toEqual([status, readable(origin)]);
        expect(answer.headers.vary).toContain('Origin');
        expect(answer.headers['x-request-id']).toBeDefined();
      }
    });

    test('may not be read from any other origin, nor be cached for listed ones', async () => {
      const { url } = await startGateway({ CORS_ORIGINS: listed });
      for (const origin of [...strangers, new URL(url).origin]) {
        const answer = await ask(url + search, from(origin, asked));
        expect([origin, answer.status, corsHeaders(answer)]).toEqual([origin, status, {}]);
        expect(answer.headers.vary).toContain('Origin');
      }
      const anonymous = await ask(url + search, asked);
      expect([corsHeaders(anonymous), anonymous.headers.vary]).toEqual([
        {},
        expect.stringContaining('Origin'),
      ]);
    });
  });

  test.each(['capacitor://localhost', 'chrome-extension://abcdefghijklmnop'])(
    'the response may be read from %s, and from no similar origin',
    async (app) => {
      const { url } = await startGateway({ CORS_ORIGINS: `${shop},${app}` });
      for (const origin of [app, shop]) {
        expect(corsHeaders(await ask(url, from(origin, post(mutation))))).toEqual(readable(origin));
        expect((await ask(url, from(origin, preflight))).headers).toMatchObject(readable(origin));
      }
      for (const origin of ['null', `${app}/`, `${app}.evil`, app.toUpperCase(), app.replace('://', ':')]) {
        expect(corsHeaders(await ask(url, from(origin, post(mutation))))).toEqual({});
      }
    },
  );

  test.each(['', '/'])(
    'a preflight of /graphql%s is answered with the headers that a listed origin may send',
    async (slash) => {
      const { url } = await startGateway({ CORS_ORIGINS: listed });
      for (const origin of [shop, admin]) {
        const answer = await ask(url + slash, from(origin, preflight));
        expect(answer).toMatchObject({ status: 204, text: '' });
        expect(corsHeaders(answer)).toEqual({
          ...readable(origin),
          'access-control-allow-methods': 'GET, POST',
          'access-control-allow-headers': preflightHeaders['access-control-request-headers'],
          'access-control-max-age': '86400',
        });
        expect(answer.headers.vary).toBe('Origin, Access-Control-Request-Headers');
      }
    },
  );

  test('a preflight from any other origin gets no CORS headers', async () => {
    const { url } = await startGateway({ CORS_ORIGINS: listed });
    for (const origin of strangers) {
      const answer = await ask(url, from(origin, preflight));
      expect([origin, answer.status, corsHeaders(answer)]).toEqual([origin, 204, {}]);
      expect(answer.headers.vary).toContain('Origin');
    }
  });

  test.each(['/health', '/ready', '/', '/nope', '/graphql.json', '/graphqlx'])(
    '%s may not be read by other sites',
    async (path) => {
      const { origin } = await startGateway({ CORS_ORIGINS: listed });
      for (const asked of [{}, preflight])
        expect(corsHeaders(await ask(origin + path, from(shop, asked)))).toEqual({});
    },
  );

  test('a 401 may be read, and a preflight needs no credentials', async () => {
    const hash = createHash('sha256').update('key').digest('hex');
    const { url } = await startGateway({
      CORS_ORIGINS: listed,
      DASHLY_TOKEN: 'sandbox',
      API_KEY_HASHES: hash,
    });
    const refused = await ask(url, from(shop, post(mutation)));
    expect([refused.status, corsHeaders(refused)]).toEqual([401, readable(shop)]);
    expect(refused.headers['www-authenticate']).toMatch(/^ApiKey /);
    const stranger = await ask(url, from('https://evil.example', post(mutation)));
    expect([stranger.status, corsHeaders(stranger)]).toEqual([401, {}]);
    expect((await ask(url, from(shop, preflight))).status).toBe(204);
    for (const _time of [1, 2, 3]) {
      const taken = await ask(url, from(shop, post(mutation, { ...json, 'x-api-key': 'key' })));
      expect([taken.status, corsHeaders(taken)]).toEqual([200, readable(shop)]);
    }
  });
});
