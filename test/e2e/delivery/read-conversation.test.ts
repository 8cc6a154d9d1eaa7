/** Reading a conversation through the gateway: from the sandbox, and from an upstream that misbehaves. */

import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { ask } from '../../support/gateway/ask.ts';
import { bearer, bySecret, gatewayToken } from '../../support/gateway/issuer.ts';
import { post } from '../../support/gateway/reply.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { startStage } from '../../support/gateway/start-stage.ts';
import { until } from '../../support/until.ts';
import { answerJson, documentedAnswer, type Respond } from '../../support/upstream/start-upstream.ts';

const pageQuery = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  conversation(id: $id) { id parts(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { id type conversation { id } } } nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}`;

const idsQuery =
  'query ($id: ID!) { conversation(id: $id) { parts { nodes { id } } } replyLimits { __typename } }';

const { assign_part: _, ...documentedPart } = documentedAnswer.data;

/** A page with these parts, of the requested conversation. */
function pageWith(parts: readonly object[], meta: object = {}): Respond {
  return (response, request) => {
    const conversation = /conversations\/(\d+)/.exec(request.path)?.[1];
    const data = parts.map((part) => ({ ...documentedPart, conversation, ...part }));
    answerJson({ data, meta: { status: 200, ...meta } })(response, request);
  };
}

describe('the sandbox', () => {
  test.each([
    ['last', 'before'],
    ['first', 'after'],
  ] as const)('is walked through by %s and %s', async (count, cursorName) => {
    const gateway = await startGateway();
    const types: string[] = [];
    const ids: bigint[] = [];
    let cursor: string | null = null;
    let pages = 0;
    for (let hasMore = true; hasMore; pages++) {
      const variables = { id: '60', [count]: 25, [cursorName]: cursor };
      const { body } = await post(gateway, pageQuery, variables);
      expect(body.errors).toBeUndefined();
      const { edges, nodes, pageInfo } = body.data.conversation.parts;
      expect(nodes).toEqual(edges.map(({ node: { id } }: { node: { id: string } }) => ({ id })));
      const pageIds = nodes.map(({ id }: { id: string }) => BigInt(id));
      const pageTypes = edges.map(({ node }: { node: { type: string } }) => node.type);
      if (count === 'last') {
        ids.unshift(...pageIds);
        types.unshift(...pageTypes);
        expect(pageInfo.startCursor).toBe(edges[0].cursor);
        expect(pageInfo.hasNextPage).toBe(pages > 0);
        cursor = pageInfo.startCursor;
        hasMore = pageInfo.hasPreviousPage;
      } else {
        ids.push(...pageIds);
        types.push(...pageTypes);
        expect(pageInfo.endCursor).toBe(edges.at(-1).cursor);
        expect(pageInfo.hasPreviousPage).toBe(pages > 0);
        cursor = pageInfo.endCursor;
        hasMore = pageInfo.hasNextPage;
      }
    }
    expect(pages).toBe(3);
    expect(ids).toHaveLength(60);
    expect(ids).toEqual(ids.toSorted((a, b) => (a < b ? -1 : 1)));
    expect([types[0], types[1], types[3], types[30]]).toEqual(['REPLY_USER', 'ASSIGNED', 'NOTE', 'UNKNOWN']);
  });

  test('has a reply and its assignment among the last 20 parts', async () => {
    const gateway = await startGateway();
    const input = '{ conversationId: "60", body: "Hello", randomId: 5, autoAssign: { adminId: "8164" } }';
    await post(gateway, `mutation { replyToConversation(input: ${input}) { __typename } }`);
    const query = `query ($id: ID!) { conversation(id: $id) { parts { nodes {
      __typename body randomId ... on AssignPart { assignee { id } } ... on ConversationPart { attachments { id } } } } } }`;
    const { body } = await post(gateway, query, { id: '60' });
    const { nodes } = body.data.conversation.parts;
    expect(nodes).toHaveLength(20);
    expect(nodes.slice(-2)).toEqual(
      expect.arrayContaining([
        { __typename: 'ConversationPart', body: 'Hello', randomId: 5, attachments: [] },
        expect.objectContaining({ __typename: 'AssignPart', assignee: { id: '8164' } }),
      ]),
    );
  });

  test('keeps all digits of ids that are numbers, also in cursors', async () => {
    const gateway = await startGateway();
    const { body } = await post(gateway, pageQuery, { id: '2', last: 2 });
    const { nodes, pageInfo } = body.data.conversation.parts;
    expect(nodes[0].id).toMatch(/^\d{19}$/);
    const earlier = await post(gateway, pageQuery, { id: '2', last: 1, before: pageInfo.startCursor });
    expect(BigInt(earlier.body.data.conversation.parts.nodes[0].id)).toBeLessThan(BigInt(nodes[0].id));
  });

  test('can be read from the part of a reply, also after a failure', async () => {
    const gateway = await startGateway({ DASHLY_TIMEOUT_MS: '2000' });
    const query = `mutation ($id: ID!) { replyToConversation(input: { conversationId: $id, body: "Hi" }) {
      ... on ReplyToConversationPayload { part { conversation { parts(last: 1) { nodes { body } } } } } } }`;
    const { body } = await post(gateway, query, { id: '1' });
    expect(body.data.replyToConversation.part.conversation.parts.nodes).toEqual([{ body: 'Hi' }]);
  });

  test.each([
    ['4005', 'NOT_FOUND', 'Dashly has no such conversation.'],
    ['123456', 'NOT_FOUND', 'Dashly has no such conversation.'],
    ['403', 'PERMISSION_DENIED', 'The owner of the token may not read this conversation.'],
    ['5042', 'PERMISSION_DENIED', 'The owner of the token may not read this conversation.'],
    ['401', 'NOT_AUTHENTICATED', 'Dashly rejected the token: it is invalid or expired.'],
  ])('fails in conversation %s with %s, and the rest goes on', async (id, code, message) => {
    const gateway = await startGateway();
    const { status, body } = await post(gateway, idsQuery, { id });
    expect(status).toBe(200);
    expect(body).toEqual({
      data: { conversation: { parts: null }, replyLimits: { __typename: 'ReplyLimits' } },
      errors: [
        { message, path: ['conversation', 'parts'], locations: [expect.anything()], extensions: { code } },
      ],
    });
    expect(gateway.errors).toEqual([]);
  });

  test.each(['0', 'abc', '', '18446744073709551616', '01', '-1', '1 '])(
    'gets no request for the id "%s"',
    async (id) => {
      const { gateway, upstream } = await startStage();
      const { status, body } = await post(gateway, idsQuery, { id });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        data: { conversation: null },
        errors: [{ path: ['conversation'], extensions: { code: 'BAD_USER_INPUT' } }],
      });
      expect(upstream.requests).toEqual([]);
    },
  );

  test.each([
    [{ first: 1, last: 1 }],
    [{ first: 0 }],
    [{ last: 51 }],
    [{ after: 'MQ' }],
    [{ last: 1, before: 'x'.repeat(10_000) }],
  ])('gets no request for a page with %j', async (args) => {
    const { gateway, upstream } = await startStage();
    const { status, body } = await post(gateway, pageQuery, { id: '1', ...args });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      data: { conversation: { id: '1', parts: null } },
      errors: [{ path: ['conversation', 'parts'], extensions: { code: 'BAD_USER_INPUT' } }],
    });
    expect(upstream.requests).toEqual([]);
  });

  test('is not called for a conversation without its parts', async () => {
    const { gateway, upstream } = await startStage();
    const { body } = await post(gateway, '{ conversation(id: 18446744073709551615) { __typename id } }');
    expect(body).toEqual({
      data: { conversation: { __typename: 'Conversation', id: '18446744073709551615' } },
    });
    expect(upstream.requests).toEqual([]);
  });
});

describe('an upstream', () => {
  test.each<[what: string, respond: Respond]>([
    [
      'sends a part of another conversation',
      (response, request) => pageWith([{}, { conversation: '8' }])(response, request),
    ],
    ['sends a part that cannot be read', pageWith([{}, { created: 'yesterday' }])],
    ['sends no list', answerJson({ data: {}, meta: { status: 200 } })],
    ['fails', answerJson({ data: {}, meta: { status: 500, error: 'Error500' } }, 500)],
    ['sends HTML', answerJson('<html>', 502)],
    ['ends the connection', (response) => response.destroy()],
    [
      'never ends its response',
      (response) => {
        const write = (): void => {
          if (response.write(`"${'x'.repeat(65_536)}"`)) setImmediate(write);
          else response.once('drain', write);
        };
        response.writeHead(200);
        write();
      },
    ],
  ])('that %s is UNAVAILABLE', async (_what, respond) => {
    const { gateway } = await startStage(respond);
    const { status, body } = await post(gateway, idsQuery, { id: '7' });
    expect(status).toBe(200);
    expect(body.data).toEqual({ conversation: { parts: null }, replyLimits: { __typename: 'ReplyLimits' } });
    expect(body.errors).toEqual([
      expect.objectContaining({ path: ['conversation', 'parts'], extensions: { code: 'UNAVAILABLE' } }),
    ]);
    expect(gateway.errors).toEqual([]);
  });

  test('that is silent is UNAVAILABLE after the time limit', async () => {
    const { gateway } = await startStage(() => {}, { DASHLY_TIMEOUT_MS: '300' });
    const { body } = await post(gateway, idsQuery, { id: '7' });
    expect(body.errors[0]).toMatchObject({
      message: 'The conversation cannot be read: Dashly did not respond in time.',
      extensions: { code: 'UNAVAILABLE' },
    });
  });

  test.each([
    [{ 'retry-after': '7' }, { code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 7 }],
    [{}, { code: 'TOO_MANY_REQUESTS' }],
  ])(
    'that answers 429 with the headers %j is reported with the time to wait: %j',
    async (headers, extensions) => {
      const refusal = { data: {}, meta: { status: 429, error: 'TooManyRequests' } };
      const { gateway } = await startStage(answerJson(refusal, 429, headers as Record<string, string>));
      const { body } = await post(gateway, idsQuery, { id: '7' });
      expect(body.errors[0].extensions).toEqual(extensions);
    },
  );

  test('reveals no text and no token in its errors', async () => {
    const secret = 'Token of-the-caller';
    const error = { status: 400, error: 'of-the-caller', error_message: `${secret} and a note` };
    const { gateway } = await startStage(answerJson({ data: {}, meta: error }, 400));
    const { text } = await post(gateway, idsQuery, { id: '7' }, { authorization: secret });
    expect(text).toContain('UNAVAILABLE');
    expect(text).not.toMatch(/of-the-caller|note/);
  });

  test('is no longer read when the client disconnects', async () => {
    const held: ServerResponse[] = [];
    const { gateway, upstream } = await startStage((response) => held.push(response));
    const away = new AbortController();
    const aliases = Array.from(
      { length: 5 },
      (_, index) => `c${index}: conversation(id: ${index + 1}) { parts { nodes { id } } }`,
    );
    const asked = fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Token a' },
      body: JSON.stringify({ query: `{ ${aliases.join(' ')} }` }),
      signal: away.signal,
    });
    await until(() => expect(held).toHaveLength(4));
    away.abort();
    await expect(asked).rejects.toThrow();
    await until(() => expect(held.every((response) => response.closed)).toBe(true));
    // All four connections are free again, and the fifth conversation is not read.
    const next = post(gateway, idsQuery, { id: '9' });
    await until(() => expect(upstream.requests).toHaveLength(5));
    expect(upstream.requests.at(-1)?.path).toContain('/conversations/9/');
    held.at(-1)?.end(JSON.stringify({ data: [], meta: { status: 200 } }));
    expect((await next).body.errors).toBeUndefined();
    expect(gateway.errors).toEqual([]);
  });
});

describe('fifty references', () => {
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Conversation { id parts { nodes { id } } } } }`;
  const references = Array.from({ length: 50 }, (_, index) => ({
    __typename: 'Conversation',
    id: String(index + 1),
  }));

  test('are read four at a time', async () => {
    const held: (() => void)[] = [];
    let most = 0;
    const { gateway, upstream } = await startStage((response, request) => {
      most = Math.max(
        most,
        held.push(() => pageWith([{ id: '5' }])(response, request)),
      );
      // A fifth request would arrive before these are answered.
      if (held.length === 4) setTimeout(() => held.splice(0).forEach((answer) => void answer()), 5);
    });
    const results = await Promise.all([1, 2].map(() => post(gateway, query, { of: references })));
    for (const { body } of results) {
      expect(body.errors).toBeUndefined();
      expect(body.data._entities).toEqual(
        references.map(({ id }) => ({ id, parts: { nodes: [{ id: '5' }] } })),
      );
    }
    expect(upstream.requests).toHaveLength(100);
    expect(most).toBe(4);
  });

  test('fail beyond the size limit of the response, and the others succeed', async () => {
    const body = 'x'.repeat(2 ** 20);
    // Long, since a slow machine needs a while for so many bytes.
    const { gateway } = await startStage(pageWith([{ body }, { body }]), { DASHLY_TIMEOUT_MS: '60000' });
    const withBody = query.replace('nodes { id }', 'nodes { body }');
    const { body: answer, text } = await post(gateway, withBody, { of: references.slice(0, 20) });
    const found = answer.data._entities.filter(({ parts }: { parts: unknown }) => parts !== null);
    expect(found).toHaveLength(15);
    expect(answer.errors).toHaveLength(5);
    expect(new Set(answer.errors.map(({ message }: Error) => message))).toEqual(
      new Set(['The response would be too large at the moment; select fewer parts, or fewer conversations.']),
    );
    expect(Buffer.byteLength(text)).toBeLessThan(32 * 2 ** 20);
    // The memory is free again.
    expect((await post(gateway, withBody, { of: references.slice(0, 1) })).body.errors).toBeUndefined();
  });
});

describe('with the token of the gateway', () => {
  const key = 'key-of-a-server';
  const environment = { ...bySecret, API_KEY_HASHES: createHash('sha256').update(key).digest('hex') };
  const parts = [
    { id: '3', type: 'reply_admin' },
    { id: '2', type: 'note' },
    { id: '1', type: 'new_type' },
  ];
  const start = (more: Record<string, string> = {}) =>
    startStage(pageWith(parts), { ...environment, ...more });

  test.each<[who: string, headers: () => Promise<Record<string, string>>, ids: string[] | null]>([
    ['an API key', async () => ({ 'x-api-key': key }), ['1', '2', '3']],
    ['an admin', () => bearer({ dashly_admin_id: '5' }), ['1', '2', '3']],
    ['anyone', () => bearer({ scope: 'dashly:reply:any' }), ['1', '2', '3']],
    [
      'an admin of other conversations',
      () => bearer({ dashly_admin_id: '5', dashly_conversation_ids: ['8'] }),
      null,
    ],
    [
      'a user of this conversation',
      () => bearer({ dashly_user_id: '5', dashly_conversation_ids: ['7'] }),
      ['3'],
    ],
    ['a user of any conversation', () => bearer({ dashly_user_id: '5' }), null],
    ['a token without rights', () => bearer({ sub: 'x' }), null],
    [
      'a user through a router',
      async () => ({
        'x-api-key': key,
        ...(await bearer({ dashly_user_id: '5', dashly_conversation_ids: ['7'] })),
      }),
      ['3'],
    ],
  ])('%s reads what it may', async (_who, headersOf, ids) => {
    const { gateway, upstream } = await start();
    const headers = { 'content-type': 'application/json', ...(await headersOf()) };
    const body = JSON.stringify({ query: idsQuery, variables: { id: '7' } });
    const { text } = await ask(gateway.url, { method: 'POST', headers, body });
    const { data, errors } = JSON.parse(text);
    if (ids) {
      expect(data.conversation.parts.nodes.map(({ id }: { id: string }) => id)).toEqual(ids);
      expect(upstream.requests.map((request) => request.headers.authorization)).toContain(
        `Token ${gatewayToken}`,
      );
    } else {
      expect(errors[0].extensions.code).toBe('PERMISSION_DENIED');
      expect(upstream.requests).toEqual([]);
    }
    expect(text).not.toContain(gatewayToken);
  });

  test('reads have a minute of their own', async () => {
    const { gateway, upstream } = await start({ RATE_LIMIT_PER_MINUTE: '2' });
    const { authorization = '' } = await bearer({ dashly_admin_id: '5' });
    const read = () => post(gateway, idsQuery, { id: '7' }, { authorization });
    expect([(await read()).body.errors, (await read()).body.errors]).toEqual([undefined, undefined]);
    expect((await read()).body.errors[0].extensions).toEqual({
      code: 'TOO_MANY_REQUESTS',
      retryAfterSeconds: expect.any(Number),
    });
    expect(upstream.requests).toHaveLength(2);
    const reply = 'mutation { replyToConversation(input: { conversationId: 7, body: "a" }) { __typename } }';
    const { body } = await post(gateway, reply, {}, { authorization });
    expect(body.data.replyToConversation.__typename).not.toBe('TooManyRequestsError');
    // References count one by one.
    const other = await bearer({ dashly_admin_id: '6' });
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Conversation { parts { nodes { id } } } } }`;
    const of = ['1', '2', '3'].map((id) => ({ __typename: 'Conversation', id }));
    const referred = await post(gateway, query, { of }, other as Record<string, string>);
    expect(referred.body.data._entities.filter(({ parts }: { parts: unknown }) => parts)).toHaveLength(2);
  });
});
