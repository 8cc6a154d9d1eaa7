/** The routes of the sandbox's API: the reply endpoint with its token, and errors for everything else. */

import { afterAll, expect, test } from 'vitest';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import { postReply } from '../post-reply.ts';

const sandbox = await startSandbox();
afterAll(() => sandbox.close());

const token = { authorization: 'Token sandbox' };

test.each([
  ['Token sandbox', 200],
  ['Bearer sandbox', 200],
  ['token sandbox', 200],
  ['Token other', 401],
  ['Token Sandbox', 401],
  ['Basic sandbox', 401],
  ['sandbox', 401],
  ['Token', 401],
])('responds to the header "Authorization: %s" with %i', async (authorization, status) => {
  const answer = await postReply(sandbox.url, { headers: { authorization } });
  expect(answer.status).toBe(status);
  if (status === 401) expect(JSON.parse(answer.text).meta.error).toBe('NotAuthenticated');
});

test('checks the token first', async () => {
  const calls: Array<[string, RequestInit]> = [
    [
      '/conversations/1/reply',
      { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
    ],
    ['/conversations/x/reply', { method: 'POST' }],
    ['/conversations/1/reply', { method: 'GET' }],
    ['/conversations/1/parts', { method: 'POST' }],
    ['/nowhere', { method: 'POST' }],
  ];
  for (const [path, init] of calls) expect((await fetch(sandbox.url + path, init)).status).toBe(401);
});

test('redirects a browser to its pages, and names the port of the gateway to a GraphQL client', async () => {
  const graphql = await fetch(`${sandbox.url}/graphql`, { method: 'POST', body: '{}' });
  expect(graphql.status).toBe(404);
  expect(await graphql.json()).toMatchObject({
    meta: { error: 'Error404', error_message: expect.stringContaining('the port of the gateway') },
  });
  const page = await fetch(sandbox.url, { redirect: 'manual' });
  expect([page.status, page.headers.get('location')]).toEqual([302, './sandbox']);
});

test('accepts the version in the path and as a parameter', async () => {
  for (const path of ['/v2/conversations/1/reply', '/conversations/1/reply?version=2']) {
    const response = await fetch(sandbox.url + path, {
      method: 'POST',
      headers: token,
      body: new URLSearchParams({ body: 'Hello' }),
    });
    expect(response.status).toBe(200);
    expect(sandbox.received.at(-1)?.path).toBe(path);
  }
});

test.each([
  '/conversations/1',
  '/conversations/1/reply/',
  '/conversations/1/parts/',
  '/v3/conversations/1/reply',
  '/conversations//reply',
])('responds to %s with Error404', async (path) => {
  const response = await fetch(sandbox.url + path, { method: 'POST', headers: token });
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({
    meta: { status: 404, error: 'Error404', error_message: expect.any(String) },
    data: {},
  });
});

test.each(['/v2/conversations/302/parts', '/conversations/302/parts', '/conversations/302/parts?version=2'])(
  'reads parts at %s, with either scheme of the token',
  async (path) => {
    for (const authorization of ['Token sandbox', 'bearer sandbox']) {
      const response = await fetch(sandbox.url + path, { headers: { authorization } });
      expect(response.status).toBe(200);
      expect((await response.json()).data).toHaveLength(4);
    }
    expect((await fetch(sandbox.url + path)).status).toBe(401);
  },
);

test.each(['POST', 'HEAD', 'DELETE'])('responds to %s of parts with MethodNotAllowed', async (method) => {
  const response = await fetch(`${sandbox.url}/conversations/1/parts`, { method, headers: token });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
});

test.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('responds to %s with MethodNotAllowed', async (method) => {
  const response = await fetch(`${sandbox.url}/conversations/1/reply`, { method, headers: token });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('POST');
  expect(await response.json()).toMatchObject({ meta: { status: 405, error: 'MethodNotAllowed' } });
});
