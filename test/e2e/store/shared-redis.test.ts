/** Idempotency across gateways that share a Redis, when a gateway, Redis or the connection fails. */

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { findSecrets } from '../../support/find-secrets.ts';
import { bearer, bySecret, gatewayToken, secret } from '../../support/gateway/issuer.ts';
import {
  answerAsAsked,
  bodyOf,
  conflict,
  everyField,
  HeldAnswers,
  replay,
  send,
  sendAndListen,
  sendFile,
  sendText,
  sent,
  storeUnreachable,
  unknown,
} from '../../support/gateway/keyed-reply.ts';
import { startGateway, type TestGateway } from '../../support/gateway/start-gateway.ts';
import { endCommands, startCommand } from '../../support/process/start-command.ts';
import { type OnBytes, startProxy } from '../../support/proxy/start-proxy.ts';
import {
  isRedisMissing,
  type RedisOptions,
  startRedis,
  type TestRedis,
} from '../../support/redis/start-redis.ts';
import { until } from '../../support/until.ts';
import { answerJson, type Respond, startUpstream } from '../../support/upstream/start-upstream.ts';

afterAll(endCommands);

interface StageOptions {
  readonly respond?: Respond;
  readonly environment?: Record<string, string>;
  readonly redis?: RedisOptions;
}

const interrupted = { ...unknown, reason: 'TIMEOUT' };

/** More than the timeout of one second for a response, and less than the five after which an idle connection is closed. */
const storePatienceMs = 4_500;

describe.skipIf(isRedisMissing)('with Redis', () => {
  async function start({ respond = answerAsAsked, environment = {}, redis: options }: StageOptions = {}) {
    const upstream = await startUpstream(respond);
    const redis = await startRedis(options);
    const shared = {
      DASHLY_API_URL: upstream.url,
      REDIS_URL: redis.url,
      RECOVERY_TIMEOUT_MS: '0',
      ...environment,
    };
    const [one, other] = await Promise.all([startGateway(shared), startGateway(shared)]);
    await redis.hasGateways(2);
    return { redis, upstream, one, other, shared, arrived: () => upstream.requests.map(bodyOf) };
  }

  async function startHeld(options: Omit<StageOptions, 'respond'> = {}) {
    const answers = new HeldAnswers();
    const setup = await start({ ...options, respond: answers.respond });
    const arrive = (count: number) => until(() => expect(answers.waiting).toBe(count));
    return { ...setup, answers, arrive };
  }

  async function quickly<Value>(promise: Promise<Value>): Promise<Value> {
    const started = performance.now();
    const value = await promise;
    expect(performance.now() - started).toBeLessThan(storePatienceMs);
    return value;
  }

  /** Repeats calls, each with a different key, until one gets another result. */
  async function waitUntilUsable(gateway: TestGateway): Promise<void> {
    const isUsable = async () =>
      expect(
        await send(gateway, { body: 'probe', idempotencyKey: `probe-${performance.now()}` }),
      ).toMatchObject(sent);
    await until(isUsable);
  }

  describe('two gateways', () => {
    test('send a reply once, whichever of them is called', async () => {
      const { one, other, upstream, answers, arrive } = await startHeld();
      const calls = Array.from({ length: 20 }, (_, index) => send(index % 2 === 0 ? one : other));
      await arrive(1);
      await sleep(300);
      for (const gateway of [one, other]) expect(await send(gateway, { body: 'Another' })).toEqual(conflict);
      expect(upstream.requests).toHaveLength(1);
      answers.release();
      const results = await Promise.all(calls);
      expect(results.filter(({ replayed }) => replayed)).toHaveLength(19);
      expect(new Set(results.map(({ part }) => part.id)).size).toBe(1);
      for (const gateway of [one, other]) expect(await send(gateway)).toMatchObject(replay);
      expect(upstream.requests).toHaveLength(1);
    });

    test('give the same response, except for `replayed`', async () => {
      const { one, other } = await start();
      const { text } = await sendText(one, {}, { selection: everyField });
      for (const gateway of [other, one]) {
        const again = await sendText(gateway, {}, { selection: everyField });
        expect(again.text).toBe(text.replace('"replayed":false', '"replayed":true'));
      }
    });

    test('compare the bytes of each other’s files', async () => {
      const { one, other, upstream } = await start();
      expect(await sendFile(one, { content: 'x'.repeat(100_000) })).toMatchObject(sent);
      expect(await sendFile(other, { content: 'x'.repeat(100_000) })).toMatchObject(replay);
      expect(await sendFile(other, { content: 'y'.repeat(100_000) })).toEqual(conflict);
      expect(upstream.requests).toHaveLength(1);
    });

    test('give waiting calls the outcome of a reply that was not delivered, and free the key', async () => {
      const { one, other, upstream, answers, arrive } = await startHeld();
      const first = send(one);
      await arrive(1);
      const waiting = [send(other), send(other), send(one)];
      await sleep(400);
      answers.release(answerJson('{}', 400));
      const refused = { __typename: 'DashlyRejectedError', delivery: 'NOT_DELIVERED' };
      for (const result of await Promise.all([first, ...waiting])) expect(result).toEqual(refused);
      expect(upstream.requests).toHaveLength(1);
      answers.release();
      expect(await send(other, { body: 'Another' })).toMatchObject(sent);
      expect(await send(one, { body: 'Another' })).toMatchObject(replay);
    });

    test('pass the key on if a client disconnects before anything was sent', async () => {
      const { one, other, arrived, answers, arrive } = await startHeld({
        environment: { DASHLY_MAX_CONNECTIONS: '1' },
      });
      const before = send(one, { body: 'Before', idempotencyKey: 'before' });
      await arrive(1);
      const client = await sendAndListen(one);
      await sleep(300);
      const follower = send(other);
      await sleep(300);
      client.goAway();
      await arrive(2);
      answers.release();
      expect(await follower).toMatchObject(sent);
      await before;
      expect(arrived()).toEqual(['Before', 'Hello']);
    });

    test('count the replies of a caller together', async () => {
      const { one, other, upstream } = await start({
        environment: { RATE_LIMIT_APPLIES_TO: 'dashly-token', RATE_LIMIT_PER_MINUTE: '3' },
      });
      const tooMany = { __typename: 'TooManyRequestsError', delivery: 'NOT_DELIVERED' };
      const sendOne = (gateway: TestGateway) => send(gateway, { idempotencyKey: null });
      for (const gateway of [one, other, one]) expect(await sendOne(gateway)).toMatchObject(sent);
      for (const gateway of [one, other]) expect(await sendOne(gateway)).toEqual(tooMany);
      const selection = '{ ... on TooManyRequestsError { retryAfterSeconds } }';
      const { retryAfterSeconds } = await send(other, { idempotencyKey: null }, { selection });
      expect(retryAfterSeconds).toBeGreaterThanOrEqual(50);
      expect(retryAfterSeconds).toBeLessThanOrEqual(60);
      expect(upstream.requests).toHaveLength(3);
    });

    test('permit no more replies if they are called at once', async () => {
      const { one, other, upstream } = await start({
        environment: { RATE_LIMIT_APPLIES_TO: 'dashly-token', RATE_LIMIT_PER_MINUTE: '7' },
      });
      const calls = Array.from({ length: 40 }, (_, index) =>
        send(index % 2 === 0 ? one : other, { idempotencyKey: `${index}` }),
      );
      const results = await Promise.all(calls);
      expect(results.filter(({ __typename }) => __typename === 'ReplyToConversationPayload')).toHaveLength(7);
      expect(upstream.requests).toHaveLength(7);
    });

    test('one that stops stores the outcome of its last reply', async () => {
      const answers = new HeldAnswers();
      const { shared, other, upstream } = await start({ respond: answers.respond });
      const command = await startCommand(shared);
      const first = send({ ...other, url: `${command.origin}/graphql` });
      await until(() => expect(answers.waiting).toBe(1));
      const waiting = send(other);
      command.child.kill('SIGTERM');
      await sleep(300);
      answers.release();
      expect(await first).toMatchObject(sent);
      expect(await waiting).toMatchObject(replay);
      expect(await command.ended).toBe(0);
      expect(await send(other)).toMatchObject(replay);
      expect(upstream.requests).toHaveLength(1);
    });
  });

  test('the outcome of a reply is unknown after its gateway was killed, and it is not sent again', async () => {
    const answers = new HeldAnswers();
    const { shared, other, upstream, redis } = await start({
      respond: answers.respond,
      environment: { DASHLY_TIMEOUT_MS: '1000' },
    });
    const command = await startCommand(shared);
    await redis.hasGateways(3);
    const cutOff = expect(send({ ...other, url: `${command.origin}/graphql` })).rejects.toThrow();
    await until(() => expect(answers.waiting).toBe(1));
    command.child.kill('SIGKILL');
    await cutOff;
    const killed = performance.now();
    const waiting = send(other);
    expect(await send(other, { body: 'Another' })).toEqual(conflict);
    let isAnswered = false;
    void waiting.then(() => {
      isAnswered = true;
    });
    await sleep(600);
    expect(isAnswered).toBe(false);
    expect(await waiting).toEqual(interrupted);
    expect(performance.now() - killed).toBeLessThan(9_000);
    answers.release();
    for (const _time of [1, 2, 3]) expect(await quickly(send(other))).toEqual(interrupted);
    expect(await send(other, { body: 'Another' })).toEqual(conflict);
    expect(upstream.requests).toHaveLength(1);
    expect(other.errors).toEqual([]);
  });

  test('the outcome of a reply is unknown after its gateway was killed, even if keys are kept for a short time', async () => {
    const answers = new HeldAnswers();
    const { shared, other, upstream } = await start({
      respond: answers.respond,
      environment: { DASHLY_TIMEOUT_MS: '1000', IDEMPOTENCY_TTL_SECONDS: '2' },
    });
    const command = await startCommand(shared);
    const cutOff = expect(send({ ...other, url: `${command.origin}/graphql` })).rejects.toThrow();
    await until(() => expect(answers.waiting).toBe(1));
    command.child.kill('SIGKILL');
    await cutOff;
    answers.release();
    expect(await send(other)).toEqual(interrupted);
    expect(upstream.requests).toHaveLength(1);
  });

  test('a suspended process does not send a reply after its claim has expired', async () => {
    const environment = { DASHLY_TIMEOUT_MS: '1000', RATE_LIMIT_APPLIES_TO: 'dashly-token' };
    const { shared, redis, other, arrived } = await start({ environment });
    let isClaimed = false;
    let isStopped = false;
    const proxy = await startProxy(Number(new URL(redis.url).port), (chunk, way) => {
      // Between the claim and the call to Dashly, the gateway awaits the response about the rate limit.
      if (way === 'back' && isClaimed && !isStopped && chunk.includes('*4')) {
        isStopped = command.child.kill('SIGSTOP');
      }
      if (way === 'back' && chunk.includes('claimed')) isClaimed = true;
      return chunk;
    });
    const command = await startCommand({ ...shared, REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
    await redis.hasGateways(3);
    const first = send({ ...other, url: `${command.origin}/graphql` });
    await until(() => expect(isStopped).toBe(true));
    // The claim ends, and the caller may look into the conversation.
    expect(await send(other)).toEqual(interrupted);
    expect(arrived()).toEqual([]);
    command.child.kill('SIGCONT');
    expect(await first).toEqual(interrupted);
    expect(arrived()).toEqual([]);
    expect(await send(other)).toEqual(interrupted);
    // Meanwhile the silent connection to Redis was given up.
    await until(async () =>
      expect(
        await send({ ...other, url: `${command.origin}/graphql` }, { idempotencyKey: 'key-2' }),
      ).toMatchObject(sent),
    );
    expect(arrived()).toEqual(['Hello']);
  });

  describe('while Redis is', () => {
    const outages: readonly (readonly [
      how: string,
      begin: (redis: TestRedis) => unknown,
      end: (redis: TestRedis) => unknown,
    ])[] = [
      ['down', (redis) => redis.kill(), (redis) => redis.restart()],
      ['hanging', (redis) => redis.pause(), (redis) => redis.resume()],
    ];

    test.each(outages)(
      '%s, replies with a key are rejected in time, and those without one are sent',
      async (...row) => {
        const [, begin, end] = row;
        const { redis, one, upstream, arrived } = await start({
          environment: { RATE_LIMIT_APPLIES_TO: 'dashly-token' },
        });
        expect(await send(one)).toMatchObject(sent);
        await begin(redis);
        for (const _time of [1, 2]) expect(await quickly(send(one))).toEqual(storeUnreachable);
        expect(await quickly(send(one, { idempotencyKey: 'key-2' }))).toEqual(storeUnreachable);
        // A reply that would be rejected without the store is not rejected either, since an earlier call may have sent it.
        expect(await quickly(send(one, { conversationId: 'x' }))).toEqual(storeUnreachable);
        const selection = '{ ... on ReplyError { message } }';
        expect((await quickly(send(one, {}, { selection }))).message).toMatch(
          /^This call sent nothing.* retrying with the same key is safe\.$/,
        );
        const atOnce = Array.from({ length: 20 }, () => send(one, { idempotencyKey: 'key-3' }));
        for (const result of await quickly(Promise.all(atOnce))) expect(result).toEqual(storeUnreachable);
        const file = sendFile(one, { content: 'x'.repeat(100_000) }, { idempotencyKey: 'key-4' });
        expect(await quickly(file)).toEqual(storeUnreachable);
        expect(await quickly(send(one, { body: 'Keyless', idempotencyKey: null }))).toMatchObject(sent);
        expect(arrived()).toEqual(['Hello', 'Keyless']);

        await end(redis);
        await waitUntilUsable(one);
        const before = upstream.requests.length;
        // The rejected replies were not sent, so their keys are free.
        for (const key of ['key-2', 'key-3', 'key-4']) {
          expect(await quickly(send(one, { body: key, idempotencyKey: key }))).toMatchObject(sent);
        }
        expect(arrived().slice(before)).toEqual(['key-2', 'key-3', 'key-4']);
      },
    );

    test('hanging until the connection is closed, rejected keys become free', async () => {
      const { redis, one, arrived } = await start();
      redis.pause();
      expect(await quickly(send(one))).toEqual(storeUnreachable);
      await sleep(7_000);
      expect(await quickly(send(one, { idempotencyKey: 'key-2' }))).toEqual(storeUnreachable);
      redis.resume();
      await waitUntilUsable(one);
      await sleep(1_000);
      expect(await quickly(send(one))).toMatchObject(sent);
      expect(await quickly(send(one, { idempotencyKey: 'key-2' }))).toMatchObject(sent);
      expect(arrived().filter((body) => body !== 'probe')).toEqual(['Hello', 'Hello']);
    });

    test.each(outages)('%s, each gateway counts for itself', async (_how, begin) => {
      const { redis, one, other, upstream } = await start({
        environment: { RATE_LIMIT_APPLIES_TO: 'dashly-token', RATE_LIMIT_PER_MINUTE: '2' },
      });
      await begin(redis);
      const keyless = (gateway: TestGateway) => quickly(send(gateway, { idempotencyKey: null }));
      for (const gateway of [one, other]) {
        for (const _time of [1, 2]) expect(await keyless(gateway)).toMatchObject(sent);
        expect(await keyless(gateway)).toMatchObject({ __typename: 'TooManyRequestsError' });
      }
      expect(upstream.requests).toHaveLength(4);
    });

    test('unreachable at the start, a gateway starts, and connects later', async () => {
      const { redis, shared } = await start();
      await redis.kill();
      const gateway = await startGateway(shared);
      expect(await quickly(send(gateway))).toEqual(storeUnreachable);
      expect(await send(gateway, { idempotencyKey: null })).toMatchObject(sent);
      await redis.restart();
      await waitUntilUsable(gateway);
    });
  });

  describe('lost between the claim and the end', () => {
    test.each([
      ['the reply was sent', answerAsAsked, sent, replay],
      ['the outcome is unknown', answerJson('<html>', 500), { ...unknown, reason: 'SERVER_ERROR' }, unknown],
    ] satisfies [what: string, respond: Respond, first: object, later: object][])(
      'by a crash, and the caller gets the outcome: %s',
      async (_what, respond, first, later) => {
        const { redis, one, other, upstream, answers, arrive } = await startHeld({
          redis: { isDurable: true },
        });
        const call = send(one);
        await arrive(1);
        const waiting = send(other);
        await sleep(200);
        await redis.kill();
        answers.release(respond);
        expect(await quickly(call)).toMatchObject(first);
        // For a call at another gateway the outcome is unknown, whether it was waiting or begins later.
        expect([interrupted, storeUnreachable]).toContainEqual(await quickly(waiting));
        expect(await quickly(send(one))).toEqual(storeUnreachable);
        await redis.restart();
        for (const gateway of [one, other]) {
          await until(async () => expect(await send(gateway)).toMatchObject(later));
        }
        expect(upstream.requests).toHaveLength(1);
      },
    );

    test('with all its data, and the outcome is written again', async () => {
      const { redis, one, other, upstream, answers, arrive } = await startHeld();
      const call = send(one);
      await arrive(1);
      await redis.kill();
      answers.release();
      expect(await quickly(call)).toMatchObject(sent);
      await redis.restart();
      await sleep(3_000);
      for (const gateway of [one, other]) {
        await until(async () => expect(await send(gateway)).toMatchObject(replay));
      }
      expect(await send(other, { body: 'Another' })).toEqual(conflict);
      expect(upstream.requests).toHaveLength(1);
    });

    test('by a hang, and nothing is sent again before or after it', async () => {
      const { redis, one, other, upstream, answers, arrive } = await startHeld();
      const call = send(one);
      await arrive(1);
      redis.pause();
      answers.release();
      expect(await quickly(call)).toMatchObject(sent);
      for (const gateway of [one, other]) expect(await quickly(send(gateway))).toEqual(storeUnreachable);
      redis.resume();
      await until(async () => expect(await send(other)).toMatchObject(replay));
      expect(await send(one)).toMatchObject(replay);
      expect(upstream.requests).toHaveLength(1);
    });

    test('and a reply that was not delivered does not block its key', async () => {
      const { redis, one, other, upstream, answers, arrive } = await startHeld({
        redis: { isDurable: true },
      });
      const call = send(one);
      await arrive(1);
      await redis.kill();
      answers.release(answerJson('{}', 400));
      expect(await quickly(call)).toMatchObject({ delivery: 'NOT_DELIVERED' });
      answers.release();
      await redis.restart();
      await waitUntilUsable(other);
      await until(async () => expect(await send(other)).toMatchObject(sent));
      expect(upstream.requests.map(bodyOf).filter((body) => body === 'Hello')).toHaveLength(2);
    });

    test('and a gateway that is stopped meanwhile still stops in time', async () => {
      const answers = new HeldAnswers();
      const { shared, redis, other } = await start({ respond: answers.respond });
      const command = await startCommand(shared);
      await redis.hasGateways(3);
      const call = send({ ...other, url: `${command.origin}/graphql` });
      await until(() => expect(answers.waiting).toBe(1));
      redis.pause();
      command.child.kill('SIGTERM');
      answers.release();
      expect(await call).toMatchObject(sent);
      const ended = await Promise.race([command.ended, sleep(8_000, 'runs')]);
      expect(ended).toBe(0);
    });
  });

  describe('behind a connection that fails', () => {
    /** One gateway behind a proxy that sees each byte, and one without it. */
    async function startBehind(onBytes: OnBytes) {
      const setup = await start();
      const proxy = await startProxy(Number(new URL(setup.redis.url).port), onBytes);
      const gateway = await startGateway({ ...setup.shared, REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
      await setup.redis.hasGateways(3);
      return { ...setup, proxy, gateway };
    }

    test('a claim whose response was lost is released', async () => {
      let isLosing = false;
      const { gateway, other, arrived } = await startBehind((chunk, way, { client, server }) => {
        if (!isLosing || way !== 'back') return chunk;
        isLosing = false;
        client.resetAndDestroy();
        server.destroy();
        return Buffer.alloc(0);
      });
      isLosing = true;
      expect(await quickly(send(gateway))).toEqual(storeUnreachable);
      expect(isLosing).toBe(false);
      // From any position, with any input, and soon.
      await until(async () => expect(await send(other, { body: 'Another' })).toMatchObject(sent));
      expect(arrived()).toEqual(['Another']);
      expect(await send(gateway, { body: 'Another' })).toMatchObject(replay);
    });

    test('a claim that takes too long is released when it arrives', async () => {
      let isSlow = false;
      const late: (() => void)[] = [];
      const { gateway, other, arrived } = await startBehind((chunk, way, { server }) => {
        if (!isSlow || way !== 'there') return chunk;
        late.push(() => server.write(chunk));
        return Buffer.alloc(0);
      });
      isSlow = true;
      expect(await quickly(send(gateway))).toEqual(storeUnreachable);
      isSlow = false;
      for (const write of late) write();
      // The duration depends on the machine; a conflict sends nothing.
      await until(async () => expect(await send(other, { body: 'Another' })).toMatchObject(sent));
      expect(arrived()).toEqual(['Another']);
    });

    test.each([
      [5, 'in the reply of Redis'],
      [40, 'later'],
    ])('a connection that breaks after every %i bytes duplicates nothing (%s)', async (after) => {
      let isBreaking = false;
      let passed = 0;
      const { gateway, other, upstream, arrived } = await startBehind((chunk, way, { client, server }) => {
        if (!isBreaking || way !== 'back') return chunk;
        passed += chunk.length;
        if (passed <= after) return chunk;
        passed = 0;
        client.destroy();
        server.destroy();
        return Buffer.alloc(0);
      });
      isBreaking = true;
      const bodies = Array.from({ length: 30 }, (_, index) => `${index}`);
      const results = [];
      for (const body of bodies) {
        results.push(await send(gateway, { body, idempotencyKey: body }));
        await sleep(60);
      }
      isBreaking = false;
      for (const [index, { __typename }] of results.entries()) {
        const isSent = __typename === 'ReplyToConversationPayload';
        if (!isSent) expect(results[index]).toEqual(storeUnreachable);
        expect(arrived().filter((body) => body === bodies[index])).toHaveLength(isSent ? 1 : 0);
      }
      await sleep(2_000);
      const before = upstream.requests.length;
      for (const [index, body] of bodies.entries()) {
        const wasSent = results[index].__typename === 'ReplyToConversationPayload';
        expect(await send(other, { body, idempotencyKey: body })).toMatchObject(wasSent ? replay : sent);
      }
      expect(upstream.requests.length - before).toBe(results.filter((it) => it.gatewayReason).length);
      expect(new Set(arrived()).size).toBe(arrived().length);
    });

    test('no secret is sent to Redis, neither in keys nor in values', async () => {
      const token = 'app-7-the-very-own-token-of-a-caller';
      const apiKey = 'the-key-that-a-server-brings-along';
      const redis = await startRedis();
      let bytes = '';
      const proxy = await startProxy(Number(new URL(redis.url).port), (chunk) => {
        bytes += chunk.toString('latin1');
        return chunk;
      });
      const upstream = await startUpstream(answerAsAsked);
      const shared = {
        DASHLY_API_URL: upstream.url,
        REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
        RATE_LIMIT_APPLIES_TO: 'jwt,api-key,dashly-token',
      };
      const open = await startGateway(shared);
      const API_KEY_HASHES = createHash('sha256').update(apiKey).digest('hex');
      const forPeople = await startGateway({ ...shared, ...bySecret });
      const forServers = await startGateway({ ...shared, DASHLY_TOKEN: gatewayToken, API_KEY_HASHES });
      await redis.hasGateways(3);
      const jwt = await bearer({ sub: 'me-the-subject-of-a-token', dashly_admin_id: '8164' });
      for (const _time of [1, 2]) {
        await send(open, {}, { headers: { authorization: `Token ${token}` } });
        await send(forPeople, {}, { headers: jwt });
        await send(forServers, {}, { headers: { 'x-api-key': apiKey } });
      }
      expect(upstream.requests).toHaveLength(3);
      const kept = await redis.dump();
      expect(kept.size).toBe(6);
      for (const key of kept.keys()) expect(key).toMatch(/^dashly-gateway:(?:reply|count):[\w-]{43}$/);
      const secrets = { token, apiKey, jwt: jwt.authorization, gatewayToken, secret, hash: API_KEY_HASHES };
      expect(bytes.length).toBeGreaterThan(1_000);
      expect(findSecrets(bytes + JSON.stringify([...kept]), secrets)).toEqual([]);
    });
  });
});
