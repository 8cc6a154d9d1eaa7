/** A complete gateway: it responds, describes itself, and stops without losing a reply. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { createGateway, type Gateway } from '../src/gateway.ts';
import { askJson } from './support/gateway/ask.ts';
import { postBytes } from './support/gateway/converse.ts';
import { RawClient } from './support/gateway/raw-client.ts';
import { reply } from './support/gateway/reply.ts';
import { startGateway } from './support/gateway/start-gateway.ts';
import { head, upload } from './support/multipart-body.ts';
import { isRedisMissing, startRedis } from './support/redis/start-redis.ts';
import { until } from './support/until.ts';
import { answerReply, startUpstream } from './support/upstream/start-upstream.ts';

async function create(environment: Record<string, string> = {}): Promise<Gateway> {
  const { config } = readConfig(environment);
  if (!config) throw new Error('The configuration is wrong.');
  const gateway = await createGateway(config, {
    logStream: { write() {} },
    logError: (message) => expect.unreachable(message),
  });
  onTestFinished(() => gateway.stop());
  return gateway;
}

test('a reply reaches the sandbox, and its result the client', async () => {
  const gateway = await startGateway();
  for (const body of ['one', 'two', 'three']) {
    const sent = await reply(gateway, { conversationId: '1', body });
    expect(sent).toMatchObject({ __typename: 'ReplyToConversationPayload', part: { body } });
    expect(sent.part.id).toBe(gateway.sandbox?.received.at(-1)?.partId);
  }
  expect(gateway.sandbox?.received).toHaveLength(3);
});

test('every part of the gateway gets its configuration', async () => {
  const upstream = await startUpstream((response, request) => {
    if (!request.path.includes('/6/')) answerReply()(response, request);
  });
  const gateway = await startGateway({
    DASHLY_API_URL: `${upstream.url}/v3/`,
    DASHLY_TIMEOUT_MS: '1500',
    UPLOAD_MAX_BYTES: '777',
  });
  expect(await reply(gateway, { conversationId: '5' })).toMatchObject({
    __typename: 'ReplyToConversationPayload',
  });
  expect(upstream.requests[0]?.path).toBe('/v3/conversations/5/reply');
  const began = performance.now();
  expect(await reply(gateway, { conversationId: '6' })).toMatchObject({ reason: 'TIMEOUT' });
  // Without the configuration the limit would be ten seconds.
  expect(performance.now() - began).toBeLessThan(8_000);
  const response = await fetch(
    `${gateway.url}?query=${encodeURIComponent('{ replyLimits { attachmentMaxBytes } }')}`,
  );
  expect(await response.json()).toEqual({ data: { replyLimits: { attachmentMaxBytes: 777 } } });
});

test('two gateways in one process share nothing', async () => {
  const [first, second] = [await startGateway(), await startGateway()];
  await reply(first, { conversationId: '1', body: 'for the first' });
  first.drain();
  expect(second.sandbox?.received).toEqual([]);
  expect((await fetch(`${second.origin}/ready`)).status).toBe(200);
  expect((await fetch(`${first.origin}/ready`)).status).toBe(503);
});

test('its pages name its version, its paths, its upstream and its authentication', async () => {
  const { welcome, sandbox } = await create();
  const text = welcome('http://gateway.test');
  expect(text).toContain('http://gateway.test/sandbox ');
  expect(text).toContain(sandbox?.url);
  expect(text).toContain('DASHLY_API_URL');
  expect(text).toContain('Authorization: Token');
  expect(text).toContain('Token sandbox');
});

test('with a real Dashly it does not mention the sandbox', async () => {
  const { welcome, sandbox } = await create({ DASHLY_API_URL: 'https://api.dashly.app/v2' });
  expect(sandbox).toBeNull();
  expect(welcome('')).toContain('https://api.dashly.app/v2');
  expect(welcome('')).not.toMatch(/sandbox/i);
});

test.each<[situation: string, headers: Record<string, string>, conversationId: string, hasAdvice: boolean]>([
  ['no token', {}, '1', true],
  ['a token without its scheme', { authorization: 'sandbox' }, '1', true],
  ['a wrong token', { authorization: 'Token secret' }, '1', true],
  ['the right token, if every token is rejected', { authorization: 'Token sandbox' }, '401', false],
])(
  'with %s the response names the token that the sandbox accepts: %s',
  async (_case, headers, id, hasAdvice) => {
    const gateway = await startGateway();
    const query = `mutation { replyToConversation(input: { conversationId: "${id}", body: "Hi" }) { __typename ... on ReplyError { message } } }`;
    for (const _time of [1, 2]) {
      const { text } = await askJson(gateway.url, { query }, { authorization: '', ...headers });
      const result = JSON.parse(text).data.replyToConversation;
      expect(result.__typename).toBe('NotAuthenticatedError');
      expect(result.message.endsWith(' The sandbox accepts "Token sandbox".')).toBe(hasAdvice);
      expect(result.message).not.toContain('secret');
    }
  },
);

test('stopping waits for the replies in flight', async () => {
  const held: (() => void)[] = [];
  const upstream = await startUpstream((...exchange) => held.push(() => answerReply()(...exchange)));
  const gateway = await create({ DASHLY_API_URL: upstream.url });
  const url = `http://127.0.0.1:${await gateway.listen(0, '127.0.0.1')}/graphql`;
  const sent = reply({ url }, { conversationId: '1' });
  await until(() => expect(held).toHaveLength(1));
  let isStopped = false;
  const stopped = gateway.stop().then(() => {
    isStopped = true;
  });
  await until(() => expect(fetch(url)).rejects.toThrow());
  expect(isStopped).toBe(false);
  held[0]?.();
  await stopped;
  expect(await sent).toMatchObject({ __typename: 'ReplyToConversationPayload' });
});

test.each([
  ['a JSON body', postBytes('{ "query": "{ __typename }" }')],
  ['an upload', Buffer.concat([head(upload().length), upload()])],
])('aborting ends %s that is still arriving, but not that of another gateway', async (_what, bytes) => {
  const [aborted, other] = [await create(), await create()];
  const [client, ofOther] = await Promise.all(
    [aborted, other].map(async (gateway) => {
      const sending = new RawClient(`http://127.0.0.1:${await gateway.listen(0, '127.0.0.1')}`);
      await sending.write(bytes.subarray(0, -5));
      await until(() => expect(gateway.inFlight().requests).toBe(1));
      return sending;
    }),
  );
  aborted.abort();
  const { status, body } = (await client?.answer()) ?? {};
  expect([status, body.errors[0].message]).toEqual([
    408,
    'The gateway stopped before the whole request arrived; send it again.',
  ]);
  await ofOther?.write(bytes.subarray(-5));
  expect((await ofOther?.answer())?.status).toBe(200);
});

test.skipIf(isRedisMissing)(
  'a gateway that cannot be created closes its store and its sandbox (needs /usr/bin/redis-server)',
  async () => {
    const redis = await startRedis();
    const { config } = readConfig({ REDIS_URL: redis.url });
    if (!config) throw new Error('The configuration is wrong.');
    const open = () => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));
    const before = open();
    const created = createGateway({ ...config, TRUST_PROXY: ['no address'] });
    await expect(created).rejects.toThrow('Invalid socket address');
    await until(() => expect(open()).toEqual(before));
  },
);

describe.skipIf(isRedisMissing)('a gateway whose Redis is lost (needs /usr/bin/redis-server)', () => {
  test.each([
    ['true', 503],
    ['false', 200],
  ])('with READY_REQUIRES_REDIS %s answers /ready with %i until it is back', async (required, status) => {
    const redis = await startRedis();
    const { origin, errors } = await startGateway({
      REDIS_URL: redis.url,
      READY_REQUIRES_REDIS: required,
    });
    const ready = async () => (await fetch(`${origin}/ready`)).status;
    await until(async () => expect(await ready()).toBe(200));
    await redis.kill();
    await until(() => expect(errors).toHaveLength(1));
    await until(async () => expect(await ready()).toBe(status));
    await redis.restart();
    await until(async () => expect(await ready()).toBe(200));
  });
});
