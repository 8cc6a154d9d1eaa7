/** What happens with answers that may belong to another reply. */

import { describe, expect, test } from 'vitest';
import { post, reply } from '../../support/gateway/reply.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { startStage } from '../../support/gateway/start-stage.ts';
import { until } from '../../support/until.ts';
import { startByteUpstream } from '../../support/upstream/start-byte-upstream.ts';
import { answerReply, answerTo } from '../../support/upstream/start-upstream.ts';

const selection = `__typename
  ... on ReplyToConversationPayload { part { body randomId conversation { id } } }
  ... on ReplyError { delivery }
  ... on DashlyUnavailableError { reason }`;

const notOurs = { __typename: 'DashlyUnavailableError', delivery: 'UNKNOWN', reason: 'BAD_RESPONSE' };
const unusable = { __typename: 'DashlyUnavailableError', delivery: 'DELIVERED', reason: 'BAD_RESPONSE' };

type Data = Readonly<Record<string, unknown>>;

/** The results of two replies to conversation 7 if Dashly answers both with these fields, and whether the connection is reused. */
async function judgeTwice(changes: Data, input: object = {}) {
  const { gateway, upstream } = await startStage(answerReply(changes));
  const ask = () => reply(gateway, { conversationId: '7', body: 'Hi', ...input }, selection);
  const results = [await ask(), await ask()];
  const [first, second] = upstream.requests.map(({ connection }) => connection);
  return { results, isReused: first === second, errors: gateway.errors };
}

async function judge(changes: Data, input: object = {}) {
  const { results, ...rest } = await judgeTwice(changes, input);
  return { result: results[0], ...rest };
}

const sent = expect.objectContaining({ __typename: 'ReplyToConversationPayload' });

test('an answer with the random id is accepted', async () => {
  expect(await judge({})).toEqual({ result: sent, isReused: true, errors: [] });
});

test.each<[title: string, changes: Data]>([
  ['with the random id', { id: null }],
  ['without a random id, in the right conversation', { id: null, random_id: 0 }],
  ['without a random id or a conversation', { id: null, random_id: undefined, conversation: undefined }],
])('an unreadable answer %s proves that the reply exists', async (_title, changes) => {
  expect(await judge(changes)).toEqual({ result: unusable, isReused: true, errors: [] });
});

test.each<[title: string, changes: Data, input?: object]>([
  ['with another random id', { random_id: 6 }, { randomId: 5 }],
  ['without a random id, in another conversation', { random_id: undefined, conversation: '8' }],
])('an answer %s is logged, and its connection is closed', async (_title, changes, input) => {
  const error = expect.objectContaining({ message: expect.stringMatching(/conversation 7 .*is unknown/) });
  expect(await judge(changes, input)).toEqual({ result: notOurs, isReused: false, errors: [error, error] });
});

test('the caller sees the random id of the gateway, which differs for each reply, with and without a key', async () => {
  const { gateway, upstream } = await startStage();
  const inputs = [{}, {}, { idempotencyKey: 'a' }, { idempotencyKey: 'b' }, { idempotencyKey: 'a' }];
  const shown: unknown[] = [];
  for (const input of inputs) {
    const { part } = await reply(gateway, { conversationId: '7', body: 'Hi', ...input }, selection);
    shown.push(part.randomId);
  }
  const numbers = upstream.requests.map(({ fields }) => Number(new Map(fields).get('random_id')));
  // The last call is a replay: the random id is not part of the input.
  expect(shown).toEqual([...numbers, numbers[2]]);
  expect(new Set(numbers).size).toBe(4);
  for (const number of numbers) expect(number > 0 && number < 2 ** 31).toBe(true);
});

/** An upstream that answers one reply in ten twice, the second time a few milliseconds late, on the same connection. */
async function startMixingUpstream(changesFor: (id: number, body: string | null) => Data) {
  let replies = 0;
  let strays = 0;
  const upstream = await startByteUpstream((socket, form) => {
    const fields = new URLSearchParams(form);
    const path = `/conversations/${fields.get('external_id')}/reply`;
    replies++;
    const text = JSON.stringify(answerTo({ path, body: form }, changesFor(replies, fields.get('body'))));
    const bytes = `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
    const isTwice = replies % 10 === 0;
    setTimeout(() => {
      socket.write(bytes);
      if (!isTwice) return;
      strays++;
      setTimeout(() => socket.write(bytes), (strays * 7) % 9);
    }, 3);
  });
  return { url: upstream.url, replies: () => replies, strays: () => strays };
}

describe.each([1, 4, 64])(
  'with an upstream that answers some replies twice, over %i connections,',
  (connections) => {
    test.each<[title: string, same: boolean, changes: (id: number, body: string | null) => Data]>([
      [
        'no caller reads any other reply, even of the same conversation and text',
        true,
        (id) => ({ id: String(id) }),
      ],
      [
        'no caller reads a reply of another conversation or text, even without random ids',
        false,
        (id, body) => ({ id: String(id), random_id: 0, body }),
      ],
    ])('%s', async (_title, isSame, changes) => {
      const upstream = await startMixingUpstream(changes);
      const gateway = await startGateway({
        DASHLY_API_URL: upstream.url,
        DASHLY_MAX_CONNECTIONS: String(connections),
      });
      let calls = 0;
      const wrong: unknown[] = [];
      const callers = Array.from({ length: 8 }, async (_, caller) => {
        for (let index = 0; index < 60; index++) {
          const conversationId = isSame ? '7' : String(1000 + caller);
          const body = isSame ? 'Hi' : `${caller} ${index}`;
          const randomId = ++calls;
          const input = { conversationId, body, randomId, externalId: conversationId };
          const result = await reply(gateway, input, selection);
          if (result.__typename !== sent.sample.__typename) expect(result).toEqual(notOurs);
          else if (isSame ? result.part.randomId !== randomId : result.part.body !== body)
            wrong.push([input, result]);
          else if (!isSame) expect(result.part.conversation.id).toBe(conversationId);
        }
      });
      await Promise.all(callers);
      expect(wrong).toEqual([]);
      // Each was sent once; a stray response reaches at most one caller.
      expect(upstream.replies()).toBe(480);
      expect(gateway.errors.length).toBeLessThanOrEqual(upstream.strays());
      if (connections < 8) expect(gateway.errors.length).toBeGreaterThan(0);
    });
  },
);

test('accepts answers without random ids that change the text', async () => {
  let parts = 0;
  const { gateway, upstream } = await startStage((response, request) => {
    const body = new Map(request.fields).get('body');
    answerReply({ random_id: 0, id: String(++parts), body: `<p>${body}</p>` })(response, request);
  });
  for (const body of ['Hi', 'Ho', 'Hi']) {
    expect(await reply(gateway, { conversationId: '7', body }, selection)).toEqual(sent);
  }
  expect(upstream.requests.map(({ connection }) => connection)).toEqual([1, 1, 1]);
});

test.each<[title: string, input: object, changes: Data]>([
  ['with a random id of the caller', { randomId: 5 }, {}],
  ['without random ids', {}, { random_id: 0 }],
])('%s, an equal reply does not get the part of the one before', async (_title, input, changes) => {
  const { results } = await judgeTwice(changes, input);
  expect(results).toEqual([sent, notOurs]);
});

test('closes the connection if a response arrives while no request waits', async () => {
  let closed = 0;
  const upstream = await startByteUpstream((socket, form) => {
    const text = JSON.stringify(answerTo({ path: '/conversations/7/reply', body: form }));
    const bytes = `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
    socket.write(bytes);
    setTimeout(() => socket.write(bytes), 10);
    socket.once('close', () => closed++);
  });
  const gateway = await startGateway({ DASHLY_API_URL: upstream.url });
  for (let count = 1; count <= 3; count++) {
    const result = await post(
      gateway,
      'mutation { replyToConversation(input: { conversationId: 7 }) { __typename } }',
    );
    expect(result.body.data.replyToConversation.__typename).toBe('ReplyToConversationPayload');
    await until(() => expect(closed).toBe(count));
    expect(upstream.used()).toBe(count);
  }
  expect(gateway.errors).toEqual([]);
});
