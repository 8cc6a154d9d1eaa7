/** Who may send a reply, and with which credential and sender it reaches Dashly. */

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ask } from '../../support/gateway/ask.ts';
import { bearer, bySecret, gatewayToken } from '../../support/gateway/issuer.ts';
import { RawClient, sendForm } from '../../support/gateway/raw-client.ts';
import { post, reply } from '../../support/gateway/reply.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { watchSpool } from '../../support/gateway/watch-spool.ts';
import { boundary, file, form, head, map, replyOperations } from '../../support/multipart-body.ts';
import { startUpstream, type UpstreamRequest } from '../../support/upstream/start-upstream.ts';

const spool = watchSpool();

const query = `mutation { replyToConversation(input: { conversationId: 7 }) {
  __typename ... on ReplyError { message delivery }
} }`;

async function replyWith(headers: Record<string, string>) {
  const upstream = await startUpstream();
  const gateway = await startGateway({ DASHLY_API_URL: upstream.url });
  const { body } = await post(gateway, query, {}, headers);
  return { upstream, result: body.data.replyToConversation };
}

test.each(['Token abc', 'Bearer abc', 'token abc', 'bearer abc', 'BEARER abc', 'Token  a.b-c~d+e/f=='])(
  '"%s" is sent to Dashly unchanged',
  async (authorization) => {
    const { upstream, result } = await replyWith({ authorization });
    expect(result).toEqual({ __typename: 'ReplyToConversationPayload' });
    expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual([authorization]);
  },
);

test.each([
  '',
  'Token',
  'Token ',
  'Bearer',
  'abc',
  'Basic YTpi',
  'Digest username="a"',
  'Tokenabc',
  'XToken abc',
  'Token abc def',
  'Token abc, Bearer def',
  'Token é',
])('"%s" is not sent to Dashly', async (authorization) => {
  const { upstream, result } = await replyWith({ authorization });
  expect(result).toEqual({
    __typename: 'NotAuthenticatedError',
    message: expect.stringContaining('Authorization: Token'),
    delivery: 'NOT_DELIVERED',
  });
  expect(upstream.requests).toEqual([]);
});

describe('with the token of the gateway', () => {
  const key = 'key-of-a-server';
  const environment = { ...bySecret, API_KEY_HASHES: createHash('sha256').update(key).digest('hex') };

  async function start(more: Record<string, string> = {}) {
    const upstream = await startUpstream();
    return {
      upstream,
      gateway: await startGateway({ DASHLY_API_URL: upstream.url, ...environment, ...more }),
    };
  }

  /** Parameters with the sender, or with what not every caller may do. */
  const telling = ({ fields }: UpstreamRequest) =>
    Object.fromEntries(fields.filter(([name]) => /^(?:from_|type$|auto_assign$|actions$)/.test(name)));

  const admin = { sub: 'a', dashly_admin_id: '8164' };
  const user = { sub: 'u', dashly_user_id: '42' };
  const anyone = { sub: 's', scope: 'openid dashly:reply:any' };
  const button = { actions: [{ quickReply: { body: 'Yes' } }] };
  const actions = '[{"type":"quick_reply","body":"Yes"}]';

  test.each<[claims: object, input: object, fields: object]>([
    [admin, {}, { from_admin: '8164' }],
    [admin, { from: null }, { from_admin: '8164' }],
    [admin, { from: { adminId: 8164 } }, { from_admin: '8164' }],
    [admin, { type: 'NOTE' }, { from_admin: '8164', type: 'note' }],
    [admin, { type: 'ARTICLE' }, { from_admin: '8164', type: 'article' }],
    [admin, { autoAssign: { adminId: '1' } }, { from_admin: '8164', auto_assign: '1' }],
    [admin, button, { from_admin: '8164', actions }],
    [{ ...admin, dashly_conversation_ids: ['7', '8'] }, {}, { from_admin: '8164' }],
    [user, {}, { from_user: '42' }],
    [user, { from: { userId: '42' } }, { from_user: '42' }],
    [user, { type: 'REPLY_ADMIN' }, { from_user: '42', type: 'reply_admin' }],
    [{ ...user, dashly_conversation_ids: [7] }, {}, { from_user: '42' }],
    [anyone, {}, {}],
    [anyone, { from: { userId: '1' }, type: 'NOTE' }, { from_user: '1', type: 'note' }],
    [anyone, { from: { default: 'ADMIN' } }, { from_admin: 'default_admin' }],
    [{ ...anyone, dashly_admin_id: '8164' }, {}, { from_admin: '8164' }],
    [{ ...anyone, dashly_user_id: '42' }, { from: { adminId: '1' } }, { from_admin: '1' }],
  ])('the claims %j permit %j', async (claims, input, fields) => {
    const { gateway, upstream } = await start();
    const headers = await bearer({ ...claims });
    for (const _time of [1, 2]) {
      const result = await reply(
        gateway,
        { conversationId: '7', body: 'Hello', ...input },
        '__typename',
        headers,
      );
      expect(result).toEqual({ __typename: 'ReplyToConversationPayload' });
    }
    expect(upstream.requests.map(telling)).toEqual([fields, fields]);
    expect(upstream.requests.map(({ path }) => path)).toEqual(Array(2).fill('/conversations/7/reply'));
  });

  const refusals: readonly (readonly [claims: object, input: object, message: string])[] = [
    [admin, { from: { adminId: '1' } }, 'This caller may not speak as this admin.'],
    [admin, { from: { userId: '8164' } }, 'This caller may not speak as this user.'],
    [admin, { from: { default: 'ADMIN' } }, 'This caller may not speak as a default sender.'],
    [admin, { from: { default: 'USER' } }, 'This caller may not speak as a default sender.'],
    [user, { type: 'NOTE' }, 'This caller may not write a note.'],
    [user, { from: { userId: '42' }, type: 'NOTE' }, 'This caller may not write a note.'],
    [user, { type: 'ARTICLE' }, 'This caller may not send an article.'],
    [user, { autoAssign: { adminId: '42' } }, 'This caller may not assign the conversation.'],
    [user, button, 'This caller may not offer buttons.'],
    [user, { from: { userId: '43' } }, 'This caller may not speak as this user.'],
    [user, { from: { adminId: '42' } }, 'This caller may not speak as this admin.'],
    [user, { from: { default: 'USER' } }, 'This caller may not speak as a default sender.'],
    ...[admin, user, anyone].flatMap((claims) =>
      [['8', '77'], []].map(
        (ids) =>
          [
            { ...claims, dashly_conversation_ids: ids },
            {},
            'This caller may not reply in this conversation.',
          ] as const,
      ),
    ),
    [{ sub: 'x' }, {}, 'The token names neither an admin nor a user.'],
    [{ ...admin, ...user }, {}, 'The token names both an admin and a user, but a reply has one sender.'],
    [{ dashly_admin_id: '01' }, {}, 'The claim dashly_admin_id of the token has an invalid format.'],
  ];

  test.each(refusals)('the claims %j do not permit %j', async (claims, input, message) => {
    const { gateway, upstream } = await start();
    const headers = await bearer({ ...claims });
    const asked = { conversationId: '7', body: 'Hello', ...input };
    const denied = {
      __typename: 'PermissionDeniedError',
      message: `Nothing was sent. ${message}`,
      delivery: 'NOT_DELIVERED',
    };
    for (const _time of [1, 2]) expect(await reply(gateway, asked, undefined, headers)).toEqual(denied);
    // Another caller had the document executed and compiled; the plan contains nothing of that caller.
    const selection = '__typename ... on ReplyError { message delivery }';
    const all = await bearer(anyone);
    for (const _time of [1, 2]) {
      expect(await reply(gateway, asked, selection, all)).toMatchObject({
        __typename: expect.stringContaining('Payload'),
      });
      expect(await reply(gateway, asked, selection, headers)).toEqual(denied);
    }
    expect(upstream.requests).toHaveLength(2);
  });

  test.each(refusals)(
    'the claims %j do not permit %j with a file, whose upload is not awaited',
    async (...row) => {
      const [claims, input, message] = row;
      const { gateway, upstream } = await start();
      const fields = Buffer.concat([replyOperations({ conversationId: '7', ...input }), map()]);
      for (const _time of [1, 2]) {
        const client = new RawClient(gateway.origin);
        await client.write(head(1_000_000, await bearer({ ...claims })), fields, `--${boundary}\r\n`);
        const { status, body } = await client.answer();
        expect({ status, body }).toEqual({
          status: 200,
          body: {
            data: {
              replyToConversation: expect.objectContaining({
                __typename: 'PermissionDeniedError',
                message: `Nothing was sent. ${message}`,
                delivery: 'NOT_DELIVERED',
              }),
            },
          },
        });
        client.goAway();
      }
      await spool.becomesEmpty();
      expect(upstream.requests).toEqual([]);
      expect(gateway.errors).toEqual([]);
    },
  );

  test('an API key permits everything', async () => {
    const { gateway, upstream } = await start();
    const query = `mutation ($input: ReplyToConversationInput!) { replyToConversation(input: $input) { __typename } }`;
    const input = {
      conversationId: '7',
      from: { userId: '1' },
      type: 'NOTE',
      autoAssign: { adminId: '1' },
      ...button,
    };
    for (const _time of [1, 2]) {
      await ask(gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': key },
        body: JSON.stringify({ query, variables: { input } }),
      });
    }
    const fields = { from_user: '1', type: 'note', auto_assign: '1', actions };
    expect(upstream.requests.map(telling)).toEqual([fields, fields]);
    expect(upstream.requests.map((it) => it.headers.authorization)).toEqual(
      Array(2).fill(`Token ${gatewayToken}`),
    );
  });

  test('checks each reply of an operation against the rights', async () => {
    const { gateway, upstream } = await start();
    const query = `mutation {
      own: replyToConversation(input: { conversationId: "7" }) { __typename }
      note: replyToConversation(input: { conversationId: "7", type: NOTE }) { __typename }
      other: replyToConversation(input: { conversationId: "7", from: { userId: "43" } }) { __typename }
      elsewhere: replyToConversation(input: { conversationId: "8" }) { __typename }
      again: replyToConversation(input: { conversationId: "7" }) { __typename }
    }`;
    const headers = await bearer({ ...user, dashly_conversation_ids: ['7'] });
    const denied = { __typename: 'PermissionDeniedError' };
    const sent = { __typename: 'ReplyToConversationPayload' };
    for (const _time of [1, 2]) {
      const { body } = await post(gateway, query, {}, headers);
      expect(body).toEqual({
        data: { own: sent, note: denied, other: denied, elsewhere: denied, again: sent },
      });
    }
    expect(upstream.requests.map(telling)).toEqual(Array(4).fill({ from_user: '42' }));
  });

  test('sends a file with the sender from the claims', async () => {
    const { gateway, upstream } = await start();
    const body = form(replyOperations({ conversationId: '7' }), map(), file());
    for (const _time of [1, 2]) {
      const answer = await sendForm(gateway.origin, body, await bearer(user));
      expect(answer.body.data.replyToConversation.__typename).toBe('ReplyToConversationPayload');
    }
    for (const { body: arrived, headers } of upstream.requests) {
      expect(arrived).toMatch(/name="from_user"\r\n\r\n42\r\n/);
      expect(headers.authorization).toBe(`Token ${gatewayToken}`);
    }
    expect(upstream.requests).toHaveLength(2);
  });
});
