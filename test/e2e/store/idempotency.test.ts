/** Idempotency with both stores: a reply with a key is sent once, and later calls get its outcome. */

import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { getNamedType, isInputObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../../src/graphql/schema.ts';
import { bearer, bySecret } from '../../support/gateway/issuer.ts';
import {
  answerAsAsked,
  bodyOf,
  conflict,
  everyField,
  type FileToSend,
  formWith,
  HeldAnswers,
  input,
  replay,
  send,
  sendAndListen,
  sendFile,
  sendText,
  sent,
  unknown,
} from '../../support/gateway/keyed-reply.ts';
import { RawClient } from '../../support/gateway/raw-client.ts';
import { post } from '../../support/gateway/reply.ts';
import { startGateway, type TestGateway } from '../../support/gateway/start-gateway.ts';
import { watchSpool } from '../../support/gateway/watch-spool.ts';
import { head } from '../../support/multipart-body.ts';
import { isRedisMissing, startRedis } from '../../support/redis/start-redis.ts';
import { until } from '../../support/until.ts';
import {
  answerJson,
  documentedAnswer,
  type Respond,
  randomIdIn,
  startUpstream,
} from '../../support/upstream/start-upstream.ts';

const spool = watchSpool();

for (const store of ['memory', 'Redis'] as const) {
  describe.skipIf(store === 'Redis' && isRedisMissing)(`with the keys in ${store}`, () => {
    async function start(respond: Respond = answerAsAsked, environment: Record<string, string> = {}) {
      const upstream = await startUpstream(respond);
      const redis = store === 'Redis' ? await startRedis() : null;
      const gateway = await startGateway({
        DASHLY_API_URL: upstream.url,
        ...(redis && { REDIS_URL: redis.url }),
        ...environment,
      });
      await redis?.hasGateways(1);
      return { upstream, gateway, arrived: () => upstream.requests.map(bodyOf) };
    }

    async function startHeld(environment?: Record<string, string>) {
      const answers = new HeldAnswers();
      const setup = await start(answers.respond, environment);
      const arrive = (count: number) => until(() => expect(answers.waiting).toBe(count));
      return { ...setup, answers, arrive };
    }

    describe('a second call', () => {
      test('gets the same response, except for `replayed`', async () => {
        const { gateway, upstream } = await start(answerManyDigits);
        const options = { selection: everyField };
        const { text } = await sendText(gateway, {}, options);
        for (const digits of manyDigits) expect(text).toContain(digits);
        for (const _time of [1, 2, 3]) {
          const again = await sendText(gateway, {}, options);
          expect(again.text).toBe(text.replace('"replayed":false', '"replayed":true'));
          expect(again.text).not.toBe(text);
        }
        expect(upstream.requests).toHaveLength(1);
        expect(gateway.errors).toEqual([]);
      });

      test('gets the same response while the first call runs', async () => {
        const { gateway, answers, arrive } = await startHeld();
        const options = { selection: everyField };
        const first = sendText(gateway, {}, options);
        await arrive(1);
        const second = sendText(gateway, {}, options);
        await sleep(100);
        answers.release(answerManyDigits);
        const { text } = await first;
        expect((await second).text).toBe(text.replace('"replayed":false', '"replayed":true'));
      });

      test('may select different fields, also those that Dashly sends only on request', async () => {
        const { gateway, upstream } = await start(answerManyDigits);
        expect(await send(gateway, {}, { selection: '{ __typename }' })).toEqual({
          __typename: 'ReplyToConversationPayload',
        });
        const asked = upstream.requests[0]?.fields
          .map(([name]) => name)
          .filter((name) => /^include_/.test(name));
        expect(asked).toEqual([
          'include_random_id',
          'include_read',
          'include_first',
          'include_inbound_email',
        ]);
        const selection =
          '{ ... on ReplyToConversationPayload { replayed part { randomId read first inboundEmail } } }';
        const part = {
          randomId: expect.any(Number),
          read: true,
          first: false,
          inboundEmail: '18446744073709551615',
        };
        for (const _time of [1, 2])
          expect(await send(gateway, {}, { selection })).toEqual({ replayed: true, part });
        expect(upstream.requests).toHaveLength(1);
      });

      test('may order its JSON differently, and write missing values as null', async () => {
        const { gateway, upstream } = await start();
        const inputs = [
          '{"conversationId":"7","body":"Hello","idempotencyKey":"k","bodyJson":{"a":1,"b":{"c":[1,2],"d":null}},"actions":[{"quickReply":{"body":"Yes","metaData":{"x":1,"y":2}}}]}',
          '{"actions":[{"quickReply":{"metaData":{"y":2,"x":1},"body":"Yes"}}],"bodyJson":{"b":{"d":null,"c":[1,2]},"a":1},"idempotencyKey":"k","body":"Hello","conversationId":7,"type":null,"from":null,"randomId":null}',
        ];
        expect(await send(gateway, inputs[0])).toMatchObject(sent);
        expect(await send(gateway, inputs[1])).toMatchObject(replay);
        expect(await send(gateway, inputs[0])).toMatchObject(replay);
        expect(upstream.requests).toHaveLength(1);
      });

      test('sends one request for ten concurrent calls', async () => {
        const { gateway, upstream, answers, arrive } = await startHeld();
        const calls = Array.from({ length: 10 }, () => send(gateway));
        await arrive(1);
        await sleep(300);
        expect(upstream.requests).toHaveLength(1);
        answers.release();
        const results = await Promise.all(calls);
        expect(results.filter(({ replayed }) => replayed)).toHaveLength(9);
        expect(new Set(results.map(({ part }) => part.id)).size).toBe(1);
        expect(upstream.requests).toHaveLength(1);
      });

      test('in the same operation sends nothing', async () => {
        const { gateway, arrived } = await start();
        const reply = (alias: string, body: string, key: string) =>
          `${alias}: replyToConversation(input: { conversationId: 7, body: "${body}", idempotencyKey: "${key}" }) {
            __typename ... on ReplyToConversationPayload { replayed }
          }`;
        const query = `mutation { ${reply('a', 'x', 'k')} ${reply('b', 'x', 'k')} ${reply('c', 'y', 'k')} ${reply('d', 'x', 'l')} }`;
        const conflicting = { __typename: 'IdempotencyConflictError' };
        const { body: first } = await post(gateway, query);
        expect(first).toEqual({ data: { a: sent, b: replay, c: conflicting, d: sent } });
        for (const _time of [1, 2]) {
          const { body } = await post(gateway, query);
          expect(body).toEqual({ data: { a: replay, b: replay, c: conflicting, d: replay } });
        }
        expect(arrived()).toEqual(['x', 'x']);
      });

      test('without a key sends another reply', async () => {
        const { gateway, upstream } = await start();
        for (const _time of [1, 2, 3])
          expect(await send(gateway, { idempotencyKey: null })).toMatchObject(sent);
        expect(upstream.requests).toHaveLength(3);
      });
    });

    describe('a different input', () => {
      const base = {
        ...input,
        from: { adminId: '1' },
        type: 'NOTE',
        bodyJson: { a: 1, b: [1, 2] },
        actions: [{ quickReply: { body: 'Yes', metaData: { a: 1 } } }],
        autoAssign: { adminId: '1', randomId: 1 },
        externalId: 'x',
        randomId: 1,
        referrer: 'https://shop.example/',
      };
      const json = (text: string) => JSON.rawJSON(text) as unknown;
      const long = '12345678901234567890';

      /** Fields that the first input has besides the base, and fields that the second one has instead. */
      const differences: readonly (readonly [first: object, second: object])[] = [
        [{}, { conversationId: '8' }],
        [{}, { from: { adminId: '2' } }],
        [{}, { from: { userId: '1' } }],
        [{}, { from: { default: 'ADMIN' } }],
        [{ from: { default: 'USER' } }, { from: { default: 'ADMIN' } }],
        [{}, { from: null }],
        [{}, { type: 'ARTICLE' }],
        [{}, { type: null }],
        [{}, { body: 'Hello ' }],
        [{}, { body: null }],
        [{ body: null }, { body: '' }],
        [{}, { bodyJson: { a: 2, b: [1, 2] } }],
        [{}, { bodyJson: { a: 1, b: [2, 1] } }],
        [{}, { bodyJson: { a: '1', b: [1, 2] } }],
        [{}, { bodyJson: null }],
        [{ bodyJson: null }, { bodyJson: {} }],
        [{ bodyJson: { a: null } }, { bodyJson: {} }],
        [{ bodyJson: { a: json(long) } }, { bodyJson: { a: json(`${long.slice(0, -1)}1`) } }],
        [{ bodyJson: { a: json(long) } }, { bodyJson: { a: long } }],
        [{ bodyJson: { a: json('1e400') } }, { bodyJson: { a: json('1e401') } }],
        [
          { bodyJson: JSON.parse('{"__proto__":{"a":1}}') },
          { bodyJson: JSON.parse('{"__proto__":{"a":2}}') },
        ],
        [{ bodyJson: { a: { b: 1 }, c: {} } }, { bodyJson: { a: {}, c: { b: 1 } } }],
        [{}, { actions: [{ quickReply: { body: 'No', metaData: { a: 1 } } }] }],
        [{}, { actions: [{ quickReply: { body: 'Yes', metaData: { a: 2 } } }] }],
        [{}, { actions: [{ quickReply: { body: 'Yes' } }] }],
        [{}, { actions: [...base.actions, ...base.actions] }],
        [{}, { actions: [] }],
        [{ actions: [] }, { actions: null }],
        [{}, { autoAssign: { adminId: '2', randomId: 1 } }],
        [{}, { autoAssign: { adminId: '1', randomId: 2 } }],
        [{}, { autoAssign: { adminId: '1' } }],
        [{}, { autoAssign: null }],
        [{}, { externalId: 'y' }],
        [{}, { externalId: null }],
        [{}, { randomId: 2 }],
        [{}, { randomId: null }],
        [{}, { referrer: 'https://shop.example' }],
        [{}, { referrer: null }],
      ];

      test.each(differences)(
        'is a conflict, during the first call and after it: %j and %j',
        async (first, second) => {
          const { gateway, upstream, answers, arrive } = await startHeld();
          const running = send(gateway, { ...base, ...first });
          await arrive(1);
          expect(await send(gateway, { ...base, ...second })).toEqual(conflict);
          answers.release();
          expect(await running).toMatchObject(sent);
          for (const _time of [1, 2]) expect(await send(gateway, { ...base, ...second })).toEqual(conflict);
          expect(await send(gateway, { ...base, ...first })).toMatchObject(replay);
          expect(await send(gateway, { ...base, ...second, idempotencyKey: 'key-2' })).toMatchObject(sent);
          expect(upstream.requests).toHaveLength(2);
          expect(gateway.errors).toEqual([]);
        },
      );

      const files: readonly (readonly [first: FileToSend, second: FileToSend | null])[] = [
        [{}, { content: 'Bytes' }],
        [{}, { content: 'bytes\n' }],
        [{}, { content: '' }],
        [{ content: 'x'.repeat(200_000) }, { content: `${'x'.repeat(199_999)}y` }],
        [{}, { name: 'b.txt' }],
        [{}, { fileName: 'b.txt' }],
        [{ fileName: 'a.txt' }, { fileName: 'A.txt' }],
        [{}, { type: 'text/csv' }],
        [{}, { type: 'text/plain; charset=utf-8' }],
        [{}, null],
      ];

      test.each(files)('two files that differ are a conflict (%#)', async (first, second) => {
        const { gateway, upstream, answers, arrive } = await startHeld();
        const sendSecond = () => (second ? sendFile(gateway, second) : send(gateway));
        const running = sendFile(gateway, first);
        await arrive(1);
        expect(await sendSecond()).toEqual(conflict);
        answers.release();
        expect(await running).toMatchObject(sent);
        for (const _time of [1, 2]) expect(await sendSecond()).toEqual(conflict);
        expect(await sendFile(gateway, first)).toMatchObject(replay);
        expect(upstream.requests).toHaveLength(1);
        expect(gateway.errors).toEqual([]);
        await spool.becomesEmpty();
      });

      test('is a conflict in every field of the input', () => {
        const type = getNamedType(schema.getType('ReplyToConversationInput'));
        const fields = isInputObjectType(type) ? Object.keys(type.getFields()) : [];
        const changed = differences.flatMap(([, second]) => Object.keys(second));
        const covered = new Set([...changed, 'attachment', 'idempotencyKey']);
        expect([...covered].sort()).toEqual(fields.sort());
      });
    });

    describe('the outcome of the first call', () => {
      const broken = (status: number): Respond => answerJson('<html>', status);
      const hangUp: Respond = (response) => void response.destroy();

      test.each<[what: string, respond: Respond, result: object]>([
        ['a connection that was lost', hangUp, { ...unknown, reason: 'UNREACHABLE' }],
        ['a 500', broken(500), { ...unknown, reason: 'SERVER_ERROR' }],
        ['a redirect', broken(302), { ...unknown, reason: 'BAD_RESPONSE' }],
        ['silence', () => {}, { ...unknown, reason: 'TIMEOUT' }],
        ['a 200 that cannot be read', broken(200), { ...unknown, reason: 'BAD_RESPONSE' }],
        [
          'a success without its data',
          answerJson({ meta: { status: 200 } }),
          { __typename: 'DashlyUnavailableError', delivery: 'DELIVERED', reason: 'BAD_RESPONSE' },
        ],
      ])('is final if the reply may exist: %s', async (_what, respond, result) => {
        const respondOnce: Respond = (...args) =>
          (upstream.requests.length === 1 ? respond : answerAsAsked)(...args);
        const { gateway, upstream } = await start(respondOnce, { DASHLY_TIMEOUT_MS: '1500' });
        const first = await sendText(gateway, {}, { selection: everyField });
        expect(first.body.data.replyToConversation).toMatchObject(result);
        for (const _time of [1, 2, 3]) {
          expect((await sendText(gateway, {}, { selection: everyField })).text).toBe(first.text);
        }
        expect(await send(gateway, { body: 'Another' })).toEqual(conflict);
        expect(upstream.requests).toHaveLength(1);
        expect(await send(gateway, { idempotencyKey: 'key-2' })).toMatchObject(sent);
      });

      test.each([400, 401, 403, 404, 413, 429])(
        'is forgotten after a %i, except by calls that waited for it',
        async (status) => {
          const { gateway, upstream, answers, arrive } = await startHeld();
          const calls = Array.from({ length: 4 }, () => sendText(gateway, {}, { selection: everyField }));
          await arrive(1);
          await sleep(300);
          answers.release(answerJson('{}', status));
          const texts = new Set((await Promise.all(calls)).map(({ text }) => text));
          expect(texts.size).toBe(1);
          expect([...texts][0]).toContain('NOT_DELIVERED');
          expect(upstream.requests).toHaveLength(1);

          answers.release();
          expect(await send(gateway)).toMatchObject(sent);
          expect(await send(gateway)).toMatchObject(replay);
          expect(upstream.requests).toHaveLength(2);
        },
      );

      test('is forgotten if Dashly was unreachable, so another input may use the key', async () => {
        const { gateway } = await start(undefined, { DASHLY_API_URL: 'http://127.0.0.1:1' });
        const notSent = {
          __typename: 'DashlyUnavailableError',
          delivery: 'NOT_DELIVERED',
          reason: 'UNREACHABLE',
        };
        for (const body of ['a', 'b', 'a']) expect(await send(gateway, { body })).toEqual(notSent);
      });

      test('is forgotten after the configured time, and not before', async () => {
        const { gateway, arrived } = await start(undefined, { IDEMPOTENCY_TTL_SECONDS: '4' });
        expect(await send(gateway)).toMatchObject(sent);
        await sleep(500);
        expect(await send(gateway)).toMatchObject(replay);
        await sleep(4_000);
        expect(await send(gateway, { body: 'Another' })).toMatchObject(sent);
        expect(arrived()).toEqual(['Hello', 'Another']);
      });

      test('is not forgotten while the first call runs, even for longer than keys are kept', async () => {
        const { gateway, upstream, answers, arrive } = await startHeld({ IDEMPOTENCY_TTL_SECONDS: '1' });
        const first = send(gateway);
        await arrive(1);
        await sleep(1_500);
        const second = send(gateway);
        await sleep(300);
        expect(upstream.requests).toHaveLength(1);
        expect(await send(gateway, { body: 'Another' })).toEqual(conflict);
        answers.release();
        expect(await first).toMatchObject(sent);
        expect(await second).toMatchObject(replay);
        expect(upstream.requests).toHaveLength(1);
      });
    });

    describe('a key', () => {
      test.each([
        ['of one character', 'x'],
        ['of one emoji', '👍'],
        ['of 255 characters', 'x'.repeat(255)],
        ['of 255 emojis', '👍'.repeat(255)],
        ['of spaces', '   '],
        ['with any characters', '"\\\u0000\n\'{}*?[a]:é\u202e'],
      ])('%s is valid', async (_what, idempotencyKey) => {
        const { gateway, upstream } = await start();
        expect(await send(gateway, { idempotencyKey })).toMatchObject(sent);
        expect(await send(gateway, { idempotencyKey })).toMatchObject(replay);
        expect(await send(gateway, { idempotencyKey: `${idempotencyKey.slice(2)}y` })).toMatchObject(sent);
        expect(upstream.requests).toHaveLength(2);
      });

      test.each([
        ['of no characters', ''],
        ['of 256 characters', 'x'.repeat(256)],
        ['of 256 emojis', '👍'.repeat(256)],
        ['with half of a surrogate pair', 'x\ud83d'],
      ])('%s is invalid', async (_what, idempotencyKey) => {
        const { gateway, upstream } = await start();
        for (const _time of [1, 2]) {
          expect(await send(gateway, { idempotencyKey })).toEqual({
            __typename: 'InvalidReplyError',
            delivery: 'NOT_DELIVERED',
            issues: [{ path: ['idempotencyKey'] }],
          });
        }
        expect(upstream.requests).toEqual([]);
      });

      const apiKeys = ['key-of-a-server', 'key-of-another-server'];
      const hashes = apiKeys.map((key) => createHash('sha256').update(key).digest('hex')).join();
      const admin = { sub: 'me', dashly_admin_id: '1' };

      test.each<
        [
          whose: string,
          environment: Record<string, string>,
          one: () => Promise<Record<string, string>>,
          another: () => Promise<Record<string, string>>,
        ]
      >([
        [
          'a Dashly token',
          {},
          async () => ({ authorization: 'Token a' }),
          async () => ({ authorization: 'Token b' }),
        ],
        [
          'an API key',
          { DASHLY_TOKEN: 'own', API_KEY_HASHES: hashes },
          async () => ({ 'x-api-key': apiKeys[0] ?? '' }),
          async () => ({ 'x-api-key': apiKeys[1] ?? '' }),
        ],
        [
          'the subject of a JWT',
          { ...bySecret },
          // A new token each time, as an issuer creates.
          () => bearer({ ...admin, jti: `${performance.now()}` }),
          () => bearer({ ...admin, sub: 'you' }),
        ],
        [
          'the admin of a JWT',
          { ...bySecret },
          () => bearer({ ...admin, jti: `${performance.now()}` }),
          () => bearer({ ...admin, dashly_admin_id: '2' }),
        ],
        [
          'a JWT, also next to an API key',
          { ...bySecret, API_KEY_HASHES: hashes },
          async () => ({ ...(await bearer(admin)), 'x-api-key': apiKeys[0] ?? '' }),
          async () => ({ ...(await bearer({ ...admin, sub: 'you' })), 'x-api-key': apiKeys[0] ?? '' }),
        ],
      ])('belongs to %s', async (_whose, environment, one, another) => {
        const { gateway, upstream } = await start(undefined, environment);
        const from = { from: { adminId: '1' } };
        expect(await send(gateway, from, { headers: await one() })).toMatchObject(sent);
        const other = { headers: await another() };
        expect(await send(gateway, { body: 'Mine' }, other)).toMatchObject(sent);
        expect(await send(gateway, { body: 'Mine' }, other)).toMatchObject(replay);
        expect(await send(gateway, from, { headers: await one() })).toMatchObject(replay);
        expect(upstream.requests).toHaveLength(2);
      });

      test.each(['token mine', 'TOKEN mine', 'Token  mine'])(
        'of "Token mine" is the same with "%s"',
        async (authorization) => {
          const { gateway, upstream } = await start();
          expect(await send(gateway, {}, { headers: { authorization: 'Token mine' } })).toMatchObject(sent);
          expect(await send(gateway, {}, { headers: { authorization } })).toMatchObject(replay);
          expect(upstream.requests).toHaveLength(1);
        },
      );

      test('is not used up by a reply that may not be sent', async () => {
        const { gateway, upstream } = await start(undefined, { ...bySecret, UPLOAD_MAX_BYTES: '10' });
        const headers = await bearer({ sub: 'me', dashly_user_id: '42' });
        expect(await send(gateway, { type: 'NOTE' }, { headers })).toMatchObject({
          __typename: 'PermissionDeniedError',
        });
        expect(await sendFile(gateway, { content: 'x'.repeat(11) }, {}, { headers })).toMatchObject({
          __typename: 'AttachmentTooBigError',
        });
        expect(await send(gateway, { conversationId: 'x' }, { headers })).toMatchObject({
          __typename: 'InvalidReplyError',
        });
        expect(await send(gateway, {}, { headers })).toMatchObject(sent);
        expect(upstream.requests).toHaveLength(1);
      });
    });

    describe('a call that is no longer permitted', () => {
      /** Each with its result if the reply with its key exists, and if it does not. */
      const refusals: readonly (readonly [
        what: string,
        call: (gateway: TestGateway) => Promise<Record<string, unknown>>,
        whereItExists: string,
        whereItDoesNot: string,
      ])[] = [
        [
          'for its rights',
          async (gateway) => send(gateway, {}, await asMe({ dashly_conversation_ids: ['8'] })),
          'PermissionDeniedError',
          'PermissionDeniedError',
        ],
        [
          'for its rights, with a file',
          async (gateway) => sendFile(gateway, {}, {}, await asMe({ dashly_conversation_ids: [] })),
          'PermissionDeniedError',
          'PermissionDeniedError',
        ],
        [
          'for its input',
          async (gateway) => send(gateway, { conversationId: 'x' }, await asMe()),
          'IdempotencyConflictError',
          'InvalidReplyError',
        ],
        [
          'for a file that is too large',
          async (gateway) => sendFile(gateway, { content: 'x'.repeat(11) }, {}, await asMe()),
          'IdempotencyConflictError',
          'AttachmentTooBigError',
        ],
      ];
      const asMe = async (
        claims: object = {},
        selection = '{ __typename ... on ReplyError { message delivery } }',
      ) => ({
        headers: await bearer({ sub: 'me', dashly_user_id: '42', ...claims }),
        selection,
      });
      const environment = { ...bySecret, UPLOAD_MAX_BYTES: '10' };
      const isSafe = /^This call sent nothing[:.].*[Rr]etrying with the same key is safe/;

      test.each(refusals)('%s, is UNKNOWN if the reply may exist', async (...row) => {
        const [, call, whereItExists] = row;
        const { gateway, upstream, answers, arrive } = await startHeld(environment);
        const expectUnknown = async () => {
          const result = await call(gateway);
          expect(result).toEqual({
            __typename: whereItExists,
            delivery: 'UNKNOWN',
            message: expect.stringMatching(isSafe),
          });
          expect(JSON.stringify(result)).not.toContain('Hello');
        };
        const first = send(gateway, {}, await asMe({}, everyField));
        await arrive(1);
        await expectUnknown();
        answers.release();
        expect(await first).toMatchObject(sent);
        for (const _time of [1, 2]) await expectUnknown();
        expect(await send(gateway, {}, await asMe({}, everyField))).toMatchObject(replay);
        expect(upstream.requests).toHaveLength(1);
        expect(gateway.errors).toEqual([]);
      });

      test.each(refusals)(
        '%s, gets NOT_DELIVERED if the reply does not exist, and the key is free',
        async (...row) => {
          const [, call, , whereItDoesNot] = row;
          const { gateway, upstream } = await start(undefined, environment);
          const refused = { __typename: whereItDoesNot, delivery: 'NOT_DELIVERED' };
          for (const _time of [1, 2]) expect(await call(gateway)).toMatchObject(refused);
          const atOnce = await Promise.all([call(gateway), call(gateway), call(gateway)]);
          for (const result of atOnce) expect(result).toMatchObject(refused);
          expect(upstream.requests).toEqual([]);
          expect(await send(gateway, {}, await asMe({}, everyField))).toMatchObject(sent);
        },
      );

      test('for lack of credentials, is never informed whether the reply exists', async () => {
        const { gateway, upstream } = await start();
        const selection = '{ __typename ... on ReplyError { message delivery } }';
        const headers = { authorization: '' };
        const unauthenticated = {
          __typename: 'NotAuthenticatedError',
          message: expect.stringMatching(isSafe),
        };
        expect(await send(gateway, {}, { selection, headers })).toEqual({
          ...unauthenticated,
          delivery: 'UNKNOWN',
        });
        expect(await send(gateway, { conversationId: 'x' }, { selection, headers })).toEqual({
          ...unauthenticated,
          delivery: 'UNKNOWN',
        });
        // Without a key, or with an invalid one.
        for (const idempotencyKey of [null, '', 'x'.repeat(256)]) {
          const result = await send(gateway, { idempotencyKey }, { selection, headers });
          expect(result.delivery).toBe('NOT_DELIVERED');
          expect(result.message).toMatch(/^Nothing was sent/);
        }
        expect(upstream.requests).toEqual([]);
      });
    });

    describe('the rate limit', () => {
      const limited = { RATE_LIMIT_APPLIES_TO: 'dashly-token', RATE_LIMIT_PER_MINUTE: '2' };
      const tooMany = { __typename: 'TooManyRequestsError', delivery: 'NOT_DELIVERED' };
      /** The message of the gateway, not of Dashly. */
      const ownLimit = /the rate limit of this caller is exceeded/;
      const anotherKey = () => ({ idempotencyKey: randomUUID() });

      async function messageOf(gateway: TestGateway): Promise<string> {
        const selection = '{ ... on ReplyError { message } ... on ReplyToConversationPayload { replayed } }';
        const { message } = await send(gateway, anotherKey(), { selection });
        return message ?? 'sent';
      }

      test('does not count a reply that is not sent because Dashly asked to wait', async () => {
        const refusal = { data: {}, meta: { status: 429, error: 'TooManyRequests' } };
        const { gateway, upstream } = await start((response, request) => {
          const respond =
            upstream.requests.length > 1 ? answerAsAsked : answerJson(refusal, 429, { 'retry-after': '4' });
          respond(response, request);
        }, limited);
        for (const _time of [1, 2, 3, 4]) {
          expect(await send(gateway, anotherKey())).toEqual(tooMany);
          expect(await messageOf(gateway)).not.toMatch(ownLimit);
        }
        expect(upstream.requests).toHaveLength(1);
        await until(async () => expect(await messageOf(gateway)).toBe('sent'));
        expect(await messageOf(gateway)).toMatch(ownLimit);
        expect(upstream.requests).toHaveLength(2);
      });

      test('does not count a reply that is not sent because the queue is full', async () => {
        const { gateway, upstream, answers, arrive } = await startHeld({
          ...limited,
          DASHLY_MAX_CONNECTIONS: '1',
          DASHLY_MAX_QUEUE: '0',
        });
        const first = send(gateway);
        await arrive(1);
        for (const _time of [1, 2, 3])
          expect(await messageOf(gateway)).toMatch(/too many replies are waiting/);
        answers.release();
        expect(await first).toMatchObject(sent);
        await until(async () => expect(await messageOf(gateway)).toBe('sent'));
        expect(await messageOf(gateway)).toMatch(ownLimit);
        expect(upstream.requests).toHaveLength(2);
      });

      test('does not count a reply that is not sent because its client disconnected', async () => {
        const { gateway, upstream, answers, arrive } = await startHeld({
          ...limited,
          DASHLY_MAX_CONNECTIONS: '1',
        });
        const first = send(gateway);
        await arrive(1);
        // It is rejected until the gateway has noticed that the previous client disconnected.
        const startWaiting = () =>
          until(async () => {
            const client = await sendAndListen(gateway, anotherKey());
            await client.expectIdle(500);
            return client;
          });
        for (const _time of [1, 2]) (await startWaiting()).goAway();
        const last = await startWaiting();
        answers.release();
        expect(await first).toMatchObject(sent);
        expect((await last.answer()).text).toContain('ReplyToConversationPayload');
        expect(await messageOf(gateway)).toMatch(ownLimit);
        expect(upstream.requests).toHaveLength(2);
      });

      test('does not count a reply that is not sent because Dashly is unreachable', async () => {
        const { gateway } = await start(undefined, { ...limited, DASHLY_API_URL: 'http://127.0.0.1:1' });
        for (const _time of [1, 2, 3, 4]) {
          expect(await send(gateway, anotherKey())).toMatchObject({ reason: 'UNREACHABLE' });
        }
      });

      test('counts neither a replay nor a conflict', async () => {
        const { gateway, upstream } = await start(undefined, limited);
        expect(await send(gateway)).toMatchObject(sent);
        for (const _time of [1, 2, 3]) {
          expect(await send(gateway)).toMatchObject(replay);
          expect(await send(gateway, { body: 'Another' })).toEqual(conflict);
        }
        expect(await send(gateway, { idempotencyKey: 'key-2' })).toMatchObject(sent);
        for (const _time of [1, 2]) expect(await send(gateway, { idempotencyKey: 'key-3' })).toEqual(tooMany);
        expect(await send(gateway)).toMatchObject(replay);
        expect(upstream.requests).toHaveLength(2);
      });

      test('does not count calls that wait for the first one', async () => {
        const { gateway, answers, arrive } = await startHeld(limited);
        const calls = Array.from({ length: 5 }, () => send(gateway));
        await arrive(1);
        await sleep(200);
        answers.release();
        await Promise.all(calls);
        expect(await send(gateway, { idempotencyKey: 'key-2' })).toMatchObject(sent);
        expect(await send(gateway, { idempotencyKey: 'key-3' })).toEqual(tooMany);
      });
    });

    describe('a client that disconnects', () => {
      /** The only connection is in use, so the next reply has to wait. */
      async function startBusy() {
        const setup = await startHeld({ DASHLY_MAX_CONNECTIONS: '1' });
        const before = send(setup.gateway, { body: 'Before', idempotencyKey: 'before' });
        await setup.arrive(1);
        return { ...setup, before };
      }

      test('before anything was sent cancels its reply, and frees the key', async () => {
        const { gateway, answers, before, arrived } = await startBusy();
        const client = await sendAndListen(gateway);
        await sleep(300);
        client.goAway();
        await sleep(300);
        answers.release();
        expect(await before).toMatchObject(sent);
        await sleep(300);
        expect(arrived()).toEqual(['Before']);
        expect(await send(gateway, { body: 'Another' })).toMatchObject(sent);
        expect(arrived()).toEqual(['Before', 'Another']);
        expect(gateway.errors).toEqual([]);
      });

      test('before anything was sent frees the key at once, not when there is a connection', async () => {
        const { gateway, answers, before, arrived } = await startBusy();
        const client = await sendAndListen(gateway);
        await sleep(300);
        client.goAway();
        await sleep(300);
        const another = send(gateway, { body: 'Another' });
        await sleep(300);
        answers.release();
        expect(await before).toMatchObject(sent);
        expect(await another).toMatchObject(sent);
        expect(arrived()).toEqual(['Before', 'Another']);
      });

      test('before anything was sent lets a waiting call run', async () => {
        const { gateway, answers, before, arrived } = await startBusy();
        const client = await sendAndListen(gateway);
        await sleep(300);
        const others = [send(gateway), send(gateway), send(gateway)];
        await sleep(300);
        client.goAway();
        await sleep(300);
        answers.release();
        expect(await before).toMatchObject(sent);
        const results = await Promise.all(others);
        expect(results.filter(({ __typename }) => __typename === sent.__typename)).toHaveLength(3);
        expect(results.filter(({ replayed }) => replayed)).toHaveLength(2);
        expect(arrived()).toEqual(['Before', 'Hello']);
        expect(gateway.errors).toEqual([]);
      });

      test('while it waits for another call does not affect that call', async () => {
        const { gateway, answers, arrive, arrived } = await startHeld();
        const first = send(gateway);
        await arrive(1);
        const client = await sendAndListen(gateway);
        await sleep(300);
        client.goAway();
        await sleep(100);
        answers.release();
        expect(await first).toMatchObject(sent);
        expect(await send(gateway)).toMatchObject(replay);
        expect(arrived()).toEqual(['Hello']);
        expect(gateway.errors).toEqual([]);
      });

      test('with all waiting calls leaves nothing behind', async () => {
        const { gateway, answers, before, arrived } = await startBusy();
        const clients = [];
        for (const _time of [1, 2, 3]) {
          clients.push(await sendAndListen(gateway));
          await sleep(100);
        }
        for (const client of clients) client.goAway();
        await sleep(500);
        answers.release();
        await before;
        await sleep(500);
        expect(arrived()).toEqual(['Before']);
        expect(await send(gateway)).toMatchObject(sent);
        expect(gateway.errors).toEqual([]);
      });

      test.each([
        ['the response arrives', answerAsAsked, replay],
        ['the connection is lost', (response) => void response.destroy(), unknown],
        ['the response is unreadable', answerJson('<html>'), unknown],
        ['the response lacks its data', answerJson({ meta: { status: 200 } }), { delivery: 'DELIVERED' }],
      ] satisfies [what: string, respond: Respond, result: object][])(
        'after that does not affect the reply: %s, and its outcome is stored',
        async (_what, respond, result) => {
          const { gateway, answers, arrive, arrived } = await startHeld();
          const client = await sendAndListen(gateway);
          await arrive(1);
          client.goAway();
          await sleep(100);
          const waiting = send(gateway);
          await sleep(100);
          answers.release(respond);
          expect(await waiting).toMatchObject(result);
          expect(await send(gateway)).toMatchObject(result);
          expect(await send(gateway, { body: 'Another' })).toEqual(conflict);
          expect(arrived()).toEqual(['Hello']);
          expect(gateway.errors).toEqual([]);
        },
      );

      test('with a file, before anything was sent, frees the key, and no file is left', async () => {
        const { gateway, answers, before, arrived } = await startBusy();
        const body = formWith({ content: Buffer.alloc(100_000) });
        const client = new RawClient(gateway.origin);
        await client.write(head(body.length), body);
        await sleep(300);
        client.goAway();
        await sleep(300);
        const other = sendFile(gateway, { content: 'other' });
        await sleep(300);
        answers.release();
        await before;
        expect(await other).toMatchObject(sent);
        expect(arrived()).toEqual(['Before', 'Hello']);
        expect(gateway.errors).toEqual([]);
        await spool.becomesEmpty();
      });

      test('with half of a file does not use up the key', async () => {
        const { gateway, arrived } = await start();
        const body = formWith({ content: Buffer.alloc(100_000) });
        const client = new RawClient(gateway.origin);
        await client.write(head(body.length), body.subarray(0, 50_000));
        await sleep(100);
        client.goAway();
        expect(await sendFile(gateway, { content: 'other' })).toMatchObject(sent);
        expect(arrived()).toEqual(['Hello']);
        await spool.becomesEmpty();
      });
    });

    test('sends one request for ten concurrent calls with a file', async () => {
      const { gateway, upstream, answers, arrive } = await startHeld();
      const content = Buffer.alloc(150_000, 'x');
      const calls = Array.from({ length: 10 }, () => sendFile(gateway, { content }));
      await arrive(1);
      await sleep(300);
      answers.release();
      const results = await Promise.all(calls);
      expect(results.filter(({ replayed }) => replayed)).toHaveLength(9);
      expect(await sendFile(gateway, { content })).toMatchObject(replay);
      expect(upstream.requests).toHaveLength(1);
      expect(upstream.requests[0]?.body).toContain('x'.repeat(150_000));
      await spool.becomesEmpty();
    });

    test('sends many replies with different keys, and returns the right response to each', async () => {
      const { gateway, arrived } = await start();
      const bodies = Array.from({ length: 100 }, (_, index) => `${index % 50}`);
      const results = await Promise.all(bodies.map((body) => send(gateway, { body, idempotencyKey: body })));
      expect(results.map(({ part }) => part.body)).toEqual(bodies);
      expect(results.filter(({ replayed }) => replayed)).toHaveLength(50);
      expect(new Set(arrived()).size).toBe(50);
      expect(arrived()).toHaveLength(50);
    });
  });
}

const manyDigits = [
  '18446744073709551615',
  '12345678901234567890.12345678901234567890',
  '1e400',
  '9007199254740993',
  '2023-05-29T09:27:20.123456',
  '2023-05-29T09:27:21.654321',
];

/** What a double cannot hold, times with microseconds, every kind of sender and action, and all optional fields. */
const answerManyDigits: Respond = (() => {
  const raw = (text: string) => JSON.rawJSON(text) as unknown;
  const data = documentedAnswer.data as Record<string, Record<string, unknown>>;
  const times = {
    created: raw('1685352440.123456'),
    edited: raw('1685352441.654321'),
    removed: raw('1685352442.000001'),
  };
  const numbers = {
    long: raw('12345678901234567890.12345678901234567890'),
    huge: raw('1e400'),
    deep: [{ list: [raw('9007199254740993'), -0.5, null, true, '\u2028"<é👍'] }],
  };
  const json = JSON.stringify({
    ...documentedAnswer,
    data: {
      ...data,
      ...times,
      conversation: '7',
      id: raw('18446744073709551615'),
      from: { id: raw('18446744073709551614'), name: 'Ann', avatar: null, type: 'admin' },
      body: 'Привет 👍 "\\\u2028\u0000',
      body_json: numbers,
      meta_data: { ...numbers, ['__proto__']: 1 },
      actions: [
        { type: 'quick_reply', body: 'Yes', meta_data: numbers },
        { type: 'unheard_of', n: raw('18446744073709551615'), data: numbers },
      ],
      attachments: [1, 2].map((id) => ({
        id: `${id}`,
        filename: 'a.txt',
        mime_type: 'text/plain',
        size: 2_147_483_647,
        url: 'https://files.dashly.app/a.txt',
        created: raw(`168535243${id}.00000${id}`),
      })),
      random_id: 77,
      read: true,
      first: false,
      inbound_email: raw('18446744073709551615'),
      assign_part: {
        ...data['assign_part'],
        ...times,
        random_id: -2_147_483_648,
        meta_data: numbers,
        from: { name: 'Default admin', avatar: 'https://files.dashly.app/a.png' },
      },
    },
  });
  return (response, request) =>
    answerJson(json.replace('"random_id":77', `"random_id":${randomIdIn(request.body)}`))(response, request);
})();
