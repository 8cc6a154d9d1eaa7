/** The rate limit of a gateway: which replies of which callers it counts. */

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ask } from '../../support/gateway/ask.ts';
import { bearer, bySecret } from '../../support/gateway/issuer.ts';
import { RawClient, sendForm } from '../../support/gateway/raw-client.ts';
import { startGateway, type TestGateway } from '../../support/gateway/start-gateway.ts';
import { file, form, head, map, replyOperations } from '../../support/multipart-body.ts';
import { answerJson, startUpstream } from '../../support/upstream/start-upstream.ts';

describe('the gateway', () => {
  const key = 'key-of-a-server';
  const hash = createHash('sha256').update(key).digest('hex');
  const withJwt: Record<string, string> = { ...bySecret };
  const withKey: Record<string, string> = { DASHLY_TOKEN: 'own', API_KEY_HASHES: hash };

  async function start(
    environment: Record<string, string>,
    respond = undefined as Parameters<typeof startUpstream>[0],
  ) {
    const upstream = await startUpstream(respond);
    return { upstream, gateway: await startGateway({ DASHLY_API_URL: upstream.url, ...environment }) };
  }

  const mutation = `mutation ($input: ReplyToConversationInput!) { replyToConversation(input: $input) {
    __typename ... on ReplyError { message delivery } ... on TooManyRequestsError { retryAfterSeconds }
  } }`;

  async function askGateway(
    gateway: TestGateway,
    headers: Record<string, string>,
    query: string,
    variables = {},
  ) {
    const { status, text } = await ask(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    expect(status).toBe(200);
    return JSON.parse(text).data;
  }

  async function send(gateway: TestGateway, headers: Record<string, string>, input: object = {}) {
    const variables = { input: { conversationId: '1', body: 'Hello', ...input } };
    return (await askGateway(gateway, headers, mutation, variables)).replyToConversation;
  }

  const sent = { __typename: 'ReplyToConversationPayload' };

  function expectTooMany(result: { retryAfterSeconds: number }): void {
    expect(result).toEqual({
      __typename: 'TooManyRequestsError',
      message: `Nothing was sent: the rate limit of this caller is exceeded; retry in ${result.retryAfterSeconds} seconds.`,
      delivery: 'NOT_DELIVERED',
      retryAfterSeconds: expect.any(Number),
    });
    expect(Number.isInteger(result.retryAfterSeconds)).toBe(true);
    expect(result.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(result.retryAfterSeconds).toBeLessThanOrEqual(60);
  }

  const me = () => bearer({ sub: 'me', dashly_user_id: '42' });

  test('permits 60 replies of a JWT identity by default, whichever of its tokens it uses', async () => {
    const { gateway, upstream } = await start(withJwt);
    for (let index = 0; index < 60; index++) {
      expect(await send(gateway, await bearer({ sub: 'me', dashly_user_id: '42', jti: `${index}` }))).toEqual(
        sent,
      );
    }
    for (const _time of [1, 2, 3]) expectTooMany(await send(gateway, await me()));
    expect(upstream.requests).toHaveLength(60);

    for (const others of [
      { sub: 'you', dashly_user_id: '42' },
      { sub: 'me', dashly_user_id: '43' },
      { sub: 'me', dashly_admin_id: '42' },
      { dashly_user_id: '42' },
    ]) {
      expect(await send(gateway, await bearer(others))).toEqual(sent);
    }
    expect(upstream.requests).toHaveLength(64);
  });

  test.each<[name: string, environment: Record<string, string>, headers: () => object, isCounted: boolean]>([
    ['a JWT', withJwt, me, true],
    ['a JWT if only keys are counted', { ...withJwt, RATE_LIMIT_APPLIES_TO: 'api-key' }, me, false],
    ['an API key', withKey, () => ({ 'x-api-key': key }), false],
    [
      'a counted API key',
      { ...withKey, RATE_LIMIT_APPLIES_TO: 'jwt,api-key' },
      () => ({ 'x-api-key': key }),
      true,
    ],
    [
      'an API key next to a JWT',
      { ...withJwt, API_KEY_HASHES: hash },
      async () => ({ ...(await me()), 'x-api-key': key }),
      true,
    ],
    ['a Dashly token', {}, () => ({ authorization: 'Token mine' }), false],
    [
      'a counted Dashly token',
      { RATE_LIMIT_APPLIES_TO: 'dashly-token' },
      () => ({ authorization: 'Token mine' }),
      true,
    ],
  ])('counts %s, or not', async (_name, environment, headers, isCounted) => {
    const { gateway, upstream } = await start({ ...environment, RATE_LIMIT_PER_MINUTE: '2' });
    for (const index of [0, 1, 2, 3]) {
      const result = await send(gateway, { ...(await headers()) });
      if (isCounted && index >= 2) expectTooMany(result);
      else expect(result).toEqual(sent);
    }
    expect(upstream.requests).toHaveLength(isCounted ? 2 : 4);
  });

  test('counts each Dashly token separately', async () => {
    const { gateway } = await start({ RATE_LIMIT_APPLIES_TO: 'dashly-token', RATE_LIMIT_PER_MINUTE: '1' });
    for (const authorization of ['Token a', 'Token b']) {
      expect(await send(gateway, { authorization })).toEqual(sent);
      expectTooMany(await send(gateway, { authorization }));
    }
  });

  test('counts each reply of an operation', async () => {
    const { gateway, upstream } = await start({ ...withJwt, RATE_LIMIT_PER_MINUTE: '4' });
    const reply = 'replyToConversation(input: { conversationId: "1" }) { __typename }';
    const query = `mutation { a: ${reply} b: ${reply} c: ${reply} }`;
    const tooMany = { __typename: 'TooManyRequestsError' };
    expect(await askGateway(gateway, await me(), query)).toEqual({ a: sent, b: sent, c: sent });
    expect(await askGateway(gateway, await me(), query)).toEqual({ a: sent, b: tooMany, c: tooMany });
    expect(await askGateway(gateway, await me(), query)).toEqual({ a: tooMany, b: tooMany, c: tooMany });
    expect(upstream.requests).toHaveLength(4);
  });

  test('permits no more replies if they are sent at once', async () => {
    const { gateway, upstream } = await start({ ...withJwt, RATE_LIMIT_PER_MINUTE: '5' });
    const headers = await me();
    await Promise.all(Array.from({ length: 40 }, () => send(gateway, headers)));
    expect(upstream.requests).toHaveLength(5);
  });

  test('counts neither queries nor replies that are rejected for another reason', async () => {
    const { gateway, upstream } = await start({ ...withJwt, RATE_LIMIT_PER_MINUTE: '1' });
    for (const _time of [1, 2, 3]) {
      await askGateway(gateway, await me(), '{ replyLimits { attachmentMaxBytes } }');
      expect(await send(gateway, await me(), { type: 'NOTE' })).toMatchObject({
        __typename: 'PermissionDeniedError',
      });
      expect(await send(gateway, await me(), { conversationId: 'x' })).toMatchObject({
        __typename: 'InvalidReplyError',
      });
    }
    expect(upstream.requests).toEqual([]);
    expect(await send(gateway, await me())).toEqual(sent);
    expectTooMany(await send(gateway, await me()));
    // Beyond the limit, another reason for a rejection is still reported first.
    expect(await send(gateway, await me(), { type: 'NOTE' })).toMatchObject({
      __typename: 'PermissionDeniedError',
    });
    expect(await send(gateway, await me(), { conversationId: 'x' })).toMatchObject({
      __typename: 'InvalidReplyError',
    });
    expect(await askGateway(gateway, await me(), '{ replyLimits { attachmentMaxBytes } }')).toBeTruthy();
    expect(upstream.requests).toHaveLength(1);
  });

  test.each<[name: string, body: Buffer, answer: string]>([
    ['is too large', form(replyOperations(), map(), file('x'.repeat(1_001))), 'AttachmentTooBigError'],
    ['belongs to a broken request', form(replyOperations(), map(), file(), file()), 'two parts'],
  ])('does not count a reply whose file %s', async (_name, body, answer) => {
    const { gateway, upstream } = await start({
      ...withJwt,
      RATE_LIMIT_PER_MINUTE: '1',
      UPLOAD_MAX_BYTES: '1000',
    });
    for (const _time of [1, 2])
      expect((await sendForm(gateway.origin, body, await me())).text).toContain(answer);
    expect(upstream.requests).toEqual([]);
    expect(await send(gateway, await me())).toEqual(sent);
    expectTooMany(await send(gateway, await me()));
  });

  test('counts a reply once its file is received, not earlier', async () => {
    const { gateway, upstream } = await start({ ...withJwt, RATE_LIMIT_PER_MINUTE: '1' });
    const body = form(replyOperations(), map(), file('x'.repeat(100_000)));
    for (const isFirst of [true, false]) {
      const client = new RawClient(gateway.origin);
      await client.write(head(body.length, await me()), body.subarray(0, 50_000));
      await client.expectIdle();
      if (isFirst) expect(await send(gateway, await me())).toEqual(sent);
      await client.write(body.subarray(50_000));
      expect((await client.answer()).text).toContain('TooManyRequestsError');
    }
    expect(upstream.requests).toHaveLength(1);
  });

  test('distinguishes its own limit from that of Dashly', async () => {
    const meta = { status: 429, error: 'TooManyRequests' };
    const respond = answerJson({ data: {}, meta }, 429, { 'retry-after': '99' });
    const { gateway, upstream } = await start({ ...withJwt, RATE_LIMIT_PER_MINUTE: '1' }, respond);
    expect(await send(gateway, await me())).toMatchObject({
      __typename: 'TooManyRequestsError',
      retryAfterSeconds: 99,
    });
    expectTooMany(await send(gateway, await me()));
    expect(upstream.requests).toHaveLength(1);
  });
});
