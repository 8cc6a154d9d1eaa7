/** The reply endpoint reads every parameter, and stores each call that arrives completely. */

import { connect } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import { postReply } from '../post-reply.ts';
import { rawReply, sendRaw } from '../send-raw.ts';

const sandbox = await startSandbox();
afterAll(() => sandbox.close());

const token = { authorization: 'Token sandbox' };

test('reads parameters from the query string alone', async () => {
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

test('stores what was sent, and the token in one place only', async () => {
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

test('responds to a body of more than 64 MiB with the page of a proxy; reads 64 MiB', async () => {
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

test('does not store a call whose client disconnects in the middle', async () => {
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

test('still responds after a client has left a slow conversation', async () => {
  const { ending } = await sendRaw(sandbox.port, rawReply('6', 'body=Hello'), { patience: 100 });
  expect(ending).toBe('timeout');
  // As slow as the first one, whose response is therefore sent before.
  expect((await postReply(sandbox.url, { id: '6' })).status).toBe(200);
  expect((await postReply(sandbox.url)).status).toBe(200);
});
