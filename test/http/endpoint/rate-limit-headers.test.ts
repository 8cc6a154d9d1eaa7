/** The headers RateLimit and RateLimit-Policy: what a caller with a limit may still do. */

import { expect, test } from 'vitest';
import { askJson } from '../../support/gateway/ask.ts';
import { bearer, bySecret } from '../../support/gateway/issuer.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { isRedisMissing, startRedis } from '../../support/redis/start-redis.ts';

const reply = (conversationId: string) =>
  `replyToConversation(input: { conversationId: "${conversationId}", body: "Hi" }) { __typename }`;
const mutation = `mutation { ${reply('1')} }`;
const read = '{ conversation(id: "60") { parts(last: 1) { nodes { __typename } } } }';
const limited = { RATE_LIMIT_PER_MINUTE: '3', RATE_LIMIT_APPLIES_TO: 'dashly-token' };

async function headersOf(url: string, query: string, headers: Record<string, string> = {}) {
  const { headers: answered } = await askJson(url, { query }, headers);
  return [answered['ratelimit-policy'], answered['ratelimit']];
}

const seconds = '(?:[1-9]|[1-5]\\d|60)';
const left = (policy: string, remaining: number) =>
  expect.stringMatching(new RegExp(`^"${policy}";r=${remaining};t=${seconds}$`));

async function expectCountdown(environment: Record<string, string>): Promise<void> {
  const { url } = await startGateway(environment);
  for (const remaining of [2, 1, 0, 0]) {
    expect(await headersOf(url, mutation)).toEqual(['"replies";q=3;w=60', left('replies', remaining)]);
  }
  for (const remaining of [2, 1, 0, 0]) {
    expect(await headersOf(url, read)).toEqual(['"reads";q=3;w=60', left('reads', remaining)]);
  }
}

test('count down, for replies and for reads', async () => {
  await expectCountdown(limited);
});

test.skipIf(isRedisMissing)('count down in Redis (needs redis-server)', async () => {
  const redis = await startRedis();
  await expectCountdown({ ...limited, REDIS_URL: redis.url });
});

test('are of the last of several replies', async () => {
  const { url } = await startGateway(limited);
  const query = `mutation { a: ${reply('1')} b: ${reply('1')} }`;
  expect(await headersOf(url, query)).toEqual(['"replies";q=3;w=60', left('replies', 1)]);
});

test('do not count a reply that was not sent', async () => {
  const { url } = await startGateway({ ...limited, DASHLY_API_URL: 'http://127.0.0.1:9' });
  for (const _time of [1, 2])
    expect(await headersOf(url, mutation)).toEqual([expect.anything(), left('replies', 3)]);
});

test('are only for callers with a limit', async () => {
  const { url } = await startGateway({ ...bySecret, RATE_LIMIT_PER_MINUTE: '3', DASHLY_TOKEN: 'sandbox' });
  const jwt = await bearer({ sub: 'me', dashly_admin_id: '8164' });
  expect(await headersOf(url, mutation, jwt)).toEqual(['"replies";q=3;w=60', left('replies', 2)]);
  expect(await headersOf(url, '{ __typename }', jwt)).toEqual([undefined, undefined]);
  const { url: open } = await startGateway();
  expect(await headersOf(open, mutation)).toEqual([undefined, undefined]);
});

test('can be read by pages of listed origins', async () => {
  const { url } = await startGateway({ ...limited, CORS_ORIGINS: 'https://shop.example' });
  const { headers } = await askJson(url, { query: mutation }, { origin: 'https://shop.example' });
  expect(headers['access-control-expose-headers']).toContain('ratelimit, ratelimit-policy');
});

test('are of both in an operation that sends a reply and reads its conversation', async () => {
  const { url } = await startGateway(limited);
  const selection =
    '... on ReplyToConversationPayload { part { conversation { parts(last: 1) { nodes { id } } } } }';
  const query = mutation.replace('__typename', selection);
  expect(await headersOf(url, query)).toEqual([
    '"replies";q=3;w=60, "reads";q=3;w=60',
    expect.stringMatching(new RegExp(`^"replies";r=2;t=${seconds}, "reads";r=2;t=${seconds}$`)),
  ]);
});
