/** The call itself: where it goes, and with which headers. */

import { expect, test } from 'vitest';
import { reply } from '../reply.ts';
import { startGateway } from '../start-gateway.ts';
import { startUpstream } from '../start-upstream.ts';
import { replyBothWays, startStage } from './start-stage.ts';

test.each([
  ['', '/conversations/7/reply'],
  ['/', '/conversations/7/reply'],
  ['/v2', '/v2/conversations/7/reply'],
  ['/v2/', '/v2/conversations/7/reply'],
  ['/proxy/dashly//', '/proxy/dashly/conversations/7/reply'],
])('a base URL that ends with "%s" is called at %s', async (base, path) => {
  const upstream = await startUpstream();
  const gateway = await startGateway({ DASHLY_API_URL: `${upstream.url}${base}` });
  await replyBothWays(gateway, { conversationId: '7' });
  expect(upstream.requests.map((request) => request.path)).toEqual([path, path]);
});

test('the request says what it is, and nothing of the client goes along but its token', async () => {
  const { gateway, upstream } = await startStage();
  await replyBothWays(gateway, { conversationId: '7', body: 'ё'.repeat(1000) }, '__typename', {
    authorization: 'Token sandbox',
    cookie: 'session=1',
    'user-agent': 'client/1.0',
    'x-forwarded-for': '10.0.0.1',
    'x-api-key': 'key',
  });
  for (const { headers, body } of upstream.requests) {
    expect(headers).toEqual({
      host: new URL(upstream.url).host,
      connection: 'keep-alive',
      authorization: 'Token sandbox',
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'dashly-graphql-gateway',
    });
  }
});

test('a hundred replies at once arrive once each, and each gets its own answer', async () => {
  const { gateway, upstream } = await startStage((response, { fields }) => {
    const body = new Map(fields).get('body') ?? '';
    const data = { id: '1', conversation: '7', created: 1, type: 'note', body };
    setTimeout(() => response.end(JSON.stringify({ data, meta: { status: 200 } })), Number(body) % 7);
  });
  const bodies = Array.from({ length: 100 }, (_, index) => String(index));
  const answers = await Promise.all(
    bodies.map((body) =>
      reply(gateway, { conversationId: '7', body }, '... on ReplyToConversationPayload { part { body } }'),
    ),
  );
  expect(answers.map(({ part }) => part.body)).toEqual(bodies);
  const arrived = upstream.requests.map(({ fields }) => new Map(fields).get('body'));
  expect(arrived.sort()).toEqual([...bodies].sort());
});

test('a connection is kept, but for a large reply, which may not all be read when the answer comes', async () => {
  const { gateway, upstream } = await startStage();
  for (const length of [60_000, 70_000])
    await reply(gateway, { conversationId: '7', body: 'x'.repeat(length) });
  expect(upstream.requests.map(({ headers }) => headers.connection)).toEqual(['keep-alive', 'close']);
});
