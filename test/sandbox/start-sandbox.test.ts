/** The sandbox listens, routes, remembers and ends. */

import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { postReply } from './post-reply.ts';
import { rawReply, sendRaw } from './send-raw.ts';

// Some of these send a thousand calls or 64 MiB, which takes a busy machine a while.

const sandbox = await startSandbox();
afterAll(() => sandbox.close());

const token = { authorization: 'Token sandbox' };

test('listens on loopback, where its url says', async () => {
  expect(sandbox.url).toBe(`http://127.0.0.1:${sandbox.port}`);
  expect((await postReply(sandbox.url)).status).toBe(200);
});

test.each([
  ['Token sandbox', 200],
  ['Bearer sandbox', 200],
  ['token sandbox', 200],
  ['Token other', 401],
  ['Token Sandbox', 401],
  ['Basic sandbox', 401],
  ['sandbox', 401],
  ['Token', 401],
])('the header "Authorization: %s" is answered with %i', async (authorization, status) => {
  const answer = await postReply(sandbox.url, { headers: { authorization } });
  expect(answer.status).toBe(status);
  if (status === 401) expect(JSON.parse(answer.text).meta.error).toBe('NotAuthenticated');
});

test('the token is the first thing to be checked', async () => {
  const calls: Array<[string, RequestInit]> = [
    [
      '/conversations/1/reply',
      { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
    ],
    ['/conversations/x/reply', { method: 'POST' }],
    ['/conversations/1/reply', { method: 'GET' }],
    ['/nowhere', { method: 'POST' }],
  ];
  for (const [path, init] of calls) expect((await fetch(sandbox.url + path, init)).status).toBe(401);
});

test('who takes its port for that of the gateway, or opens it in a browser, learns where to go', async () => {
  const taken = await fetch(`${sandbox.url}/graphql`, { method: 'POST', body: '{}' });
  expect(taken.status).toBe(404);
  expect(await taken.json()).toMatchObject({
    meta: { error: 'Error404', error_message: expect.stringContaining('the port of the gateway') },
  });
  const opened = await fetch(sandbox.url, { redirect: 'manual' });
  expect([opened.status, opened.headers.get('location')]).toEqual([302, './sandbox']);
});

test('the version may be pinned in the path, and named as a parameter', async () => {
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
  '/v3/conversations/1/reply',
  '/conversations//reply',
])('%s is an Error404', async (path) => {
  const response = await fetch(sandbox.url + path, { method: 'POST', headers: token });
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({
    meta: { status: 404, error: 'Error404', error_message: expect.any(String) },
    data: {},
  });
});

test.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('%s is a MethodNotAllowed', async (method) => {
  const response = await fetch(`${sandbox.url}/conversations/1/reply`, { method, headers: token });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('POST');
  expect(await response.json()).toMatchObject({ meta: { status: 405, error: 'MethodNotAllowed' } });
});

test.each([
  ['application/json', '{"body":"Hello"}'],
  ['text/plain', 'body=Hello'],
  ['', 'body=Hello'],
  ['application/x-www-form-urlencoded; charset=windows-1251', 'body=Hello'],
  ['application/x-www-form-urlencoded', 'body=100%'],
  ['application/x-www-form-urlencoded', 'body=%ff'],
  ['multipart/form-data', '--b\r\n'],
  ['multipart/form-data; boundary=b', '--b\r\nhello'],
])('a body of type "%s" that holds %s is a BadRequest, and remembered', async (contentType, body) => {
  const response = await fetch(`${sandbox.url}/conversations/1/reply?external_id=q`, {
    method: 'POST',
    headers: { ...token, 'content-type': contentType },
    body: Buffer.from(body),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ meta: { status: 400, error: 'BadRequest' }, data: {} });
  expect(sandbox.received.at(-1)).toMatchObject({
    contentType,
    fields: [['external_id', 'q']],
    partId: null,
  });
});

test('parameters may all come in the query string', async () => {
  const query = '?body=Hello+%D0%BC%D0%B8%D1%80&id_as_string=1';
  const response = await fetch(`${sandbox.url}/conversations/1/reply${query}`, {
    method: 'POST',
    headers: token,
  });
  expect(await response.json()).toMatchObject({ data: { id: expect.any(String), body: 'Hello мир' } });
  const broken = await fetch(`${sandbox.url}/conversations/1/reply?body=%`, {
    method: 'POST',
    headers: token,
  });
  expect(await broken.json()).toMatchObject({ meta: { error: 'BadRequest' } });
});

test('remembers what it was sent, and the token in one place only', async () => {
  const own = await startSandbox();
  const before = Date.now();
  const { text } = await postReply(own.url, {
    query: '?id_as_string=true',
    fields: [
      ['body', 'a'],
      ['from_admin', '5'],
      ['body', 'b'],
    ],
    headers: { authorization: 'Bearer sandbox', 'X-Request-Id': 'r-1' },
  });
  await postReply(own.url, { id: 'no-id', headers: { authorization: 'Token s3cret' } });
  await postReply(own.url, { id: '2', headers: {} });
  expect(own.received).toMatchObject([
    {
      conversationId: '1',
      method: 'POST',
      path: '/conversations/1/reply?id_as_string=true',
      headers: { 'x-request-id': 'r-1' },
      scheme: 'Bearer',
      token: 'sandbox',
      contentType: 'application/x-www-form-urlencoded;charset=UTF-8',
      fields: [
        ['id_as_string', 'true'],
        ['body', 'a'],
        ['from_admin', '5'],
        ['body', 'b'],
      ],
      partId: JSON.parse(text).data.id,
    },
    { conversationId: 'no-id', scheme: 'Token', token: 's3cret', partId: null },
    { conversationId: '2', scheme: null, token: null, partId: null },
  ]);
  for (const reply of own.received) {
    expect(reply.headers).not.toHaveProperty('authorization');
    expect(JSON.stringify({ ...reply, token: null })).not.toContain('s3cret');
    expect(reply).not.toHaveProperty('file');
    expect(reply.receivedAt.getTime()).toBeGreaterThanOrEqual(before);
    expect(reply.receivedAt.getTime()).toBeLessThanOrEqual(Date.now());
  }
  await own.close();
});

test('remembers the last 1,000 calls', async () => {
  const own = await startSandbox();
  for (let sent = 0; sent < 1_005; sent += 15) {
    const batch = Array.from({ length: 15 }, (_, index) =>
      postReply(own.url, { fields: { body: 'x', external_id: String(sent + index) } }),
    );
    await Promise.all(batch);
  }
  expect(own.received).toHaveLength(1_000);
  // Calls of one batch may overtake each other; the five that are forgotten belong to the first.
  const kept = own.received.map((it) => Number(it.fields[1]?.[1]));
  expect(new Set(kept).size).toBe(1_000);
  expect(kept.filter((it) => it < 15)).toHaveLength(10);
  expect(Math.max(...kept)).toBe(1_004);
  await own.close();
});

test('a body of more than 64 MiB meets the page of a proxy; one byte less is read', async () => {
  const before = sandbox.received.length;
  const send = (size: number, headers: Record<string, string> = token) =>
    fetch(`${sandbox.url}/conversations/1/reply`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.alloc(size, 'a'),
    });
  const tooBig = await send(64 * 1024 * 1024 + 1);
  expect(tooBig.status).toBe(413);
  expect(tooBig.headers.get('content-type')).toBe('text/html');
  expect(await tooBig.text()).toContain('413 Payload Too Large');
  expect((await send(64 * 1024 * 1024 + 1, {})).status).toBe(401);
  expect(sandbox.received).toHaveLength(before);

  const full = await send(64 * 1024 * 1024);
  expect(await full.json()).toMatchObject({ meta: { error: 'ValidationError' } });
  expect(sandbox.received).toHaveLength(before + 1);
});

test('a caller that breaks off is not remembered and does no harm', async () => {
  const before = sandbox.received.length;
  const request = rawReply('1', 'body=Hel', { 'content-length': '100' });
  await new Promise<void>((resolve) => {
    const socket = connect(sandbox.port, '127.0.0.1', () => {
      socket.write(request, () => setTimeout(() => socket.destroy(), 50));
    });
    socket.once('close', () => resolve());
  });
  expect((await postReply(sandbox.url)).status).toBe(200);
  expect(sandbox.received).toHaveLength(before + 1);
});

test('a caller that leaves a slow conversation does no harm either', async () => {
  const { ending } = await sendRaw(sandbox.port, rawReply('6', 'body=Hello'), { patience: 100 });
  expect(ending).toBe('timeout');
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  expect((await postReply(sandbox.url)).status).toBe(200);
});

test('after close nothing keeps the process, not even an answer that was still to come', async () => {
  const startSandboxFile = new URL('../../src/sandbox/start-sandbox.ts', import.meta.url);
  // fetch has timers of its own.
  const script = `
    const { request } = await import('node:http');
    const { startSandbox } = await import('${startSandboxFile}');
    const sandbox = await startSandbox();
    const headers = { authorization: 'Token sandbox', 'content-type': 'application/x-www-form-urlencoded' };
    const slow = request(sandbox.url + '/conversations/6/reply', { method: 'POST', headers, agent: false });
    const ended = new Promise((resolve) => slow.on('error', () => {}).on('close', resolve));
    slow.end('body=x');
    while (sandbox.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await sandbox.close();
    await ended;
    console.log(process.getActiveResourcesInfo().includes('Timeout'));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  expect(stdout).toBe('false\n');
});

test('close ends every connection, those that hang on purpose too', async () => {
  const own = await startSandbox();
  const idle = sendRaw(own.port, '');
  const half = sendRaw(own.port, rawReply('1', 'body', { 'content-length': '100' }));
  const kept = sendRaw(own.port, rawReply('1', 'body=x'));
  const stalled = ['6', '9003', '2006'].map((id) => sendRaw(own.port, rawReply(id, 'body=x')));
  await expect.poll(() => own.received.length).toBe(4);
  await own.close();
  await own.close();
  for (const { ending } of await Promise.all([idle, half, kept, ...stalled])) {
    expect(['end', 'ECONNRESET']).toContain(ending);
  }
  // The slow one was not waited for.
  expect((await stalled[0])?.received.toString()).toBe('');
  await expect(postReply(own.url)).rejects.toThrow();
});

test('a port that is taken rejects with the error of the system', async () => {
  await expect(startSandbox({ port: sandbox.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('an address of every interface is named as one that can be called', async () => {
  const own = await startSandbox({ host: '0.0.0.0' });
  expect(own.url).toBe(`http://127.0.0.1:${own.port}`);
  expect((await postReply(own.url)).status).toBe(200);
  await own.close();
});
