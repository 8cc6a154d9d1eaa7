/** Both stores of outcomes: waiting calls, and limits of memory. */

import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ReplyOutcome } from '../../src/conversation/reply-outcome.ts';
import { RequestAborted } from '../../src/conversation/request-aborted.ts';
import type { IdempotencyStore, KeyedReply } from '../../src/conversation/sending/idempotency-store.ts';
import { decodeReply } from '../../src/dashly/decode-part.ts';
import { collectUndocumented } from '../../src/dashly/inspection/collect-undocumented.ts';
import { createMemoryIdempotencyStore } from '../../src/store/memory-idempotency-store.ts';
import { connectRedis, type Redis, redisKey } from '../../src/store/redis/connect-redis.ts';
import {
  createRedisIdempotencyStore,
  type RedisIdempotencyStore,
} from '../../src/store/redis/redis-idempotency-store.ts';
import { RedisUnreachable } from '../../src/store/redis/run-script.ts';
import { bareDraft } from '../bare-draft.ts';
import { isRedisMissing, startRedis } from '../support/redis/start-redis.ts';
import { documentedAnswer } from '../support/upstream/start-upstream.ts';

const draft = { ...bareDraft, conversationId: '7', body: 'Hello' };
const randomIds = { reply: 77, assignment: null };

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function usedMegabytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 1_048_576;
}

describe('a call that waits for the first one with its key', () => {
  const outcome = { kind: 'replyTargetNotFound', message: 'No.', delivery: 'UNKNOWN' } as const;
  const keyed = (signal = new AbortController().signal): KeyedReply => {
    return { callerId: 'me', key: 'k', draft, attachment: null, randomIds, refusal: null, signal };
  };

  const unreachable = async () => expect.unreachable();

  /** Resolves when the first call runs. */
  async function startFirst(store: IdempotencyStore) {
    const { promise: first, resolve: end } = Promise.withResolvers<ReplyOutcome>();
    const { promise: isRunning, resolve: begin } = Promise.withResolvers<void>();
    const running = store.runOnce(keyed(), () => {
      begin();
      return first;
    });
    await isRunning;
    return { running, end };
  }

  async function openStores(maxRunMs: number) {
    const { url } = await startRedis();
    async function open(): Promise<{ redis: Redis; store: RedisIdempotencyStore }> {
      const redis = connectRedis(url, () => {});
      onTestFinished(() => redis.close());
      await redis.connected;
      return { redis, store: createRedisIdempotencyStore(redis, { ttlMs: 1_000_000, maxRunMs }) };
    }
    const [{ redis, store }, { store: other }] = await Promise.all([open(), open()]);
    return { redis, store, other };
  }

  async function expectToLeave(store: IdempotencyStore): Promise<void> {
    const { running, end } = await startFirst(store);
    const away = new AbortController();
    const waiting = expect(store.runOnce(keyed(away.signal), unreachable)).rejects.toThrow(RequestAborted);
    await sleep(100);
    away.abort();
    await waiting;
    expect(getEventListeners(away.signal, 'abort')).toEqual([]);
    end(outcome);
    expect(await running).toEqual({ kind: 'ran', outcome });
    expect(await store.runOnce(keyed(), unreachable)).toMatchObject({ kind: 'replayed', outcome });
  }

  test('stops waiting when its client disconnects, in memory', () =>
    expectToLeave(createMemoryIdempotencyStore(1_000_000)));

  test.skipIf(isRedisMissing)('stops waiting when its client disconnects, in Redis', async () => {
    await expectToLeave((await openStores(60_000)).store);
  });

  const lost = { kind: 'lost', delivery: 'UNKNOWN', lookUp: null };

  test.skipIf(isRedisMissing)(
    'waits for the time of a run, even if the clock of Redis is set back',
    async () => {
      const { redis, store, other } = await openStores(500);
      await startFirst(store);
      const anHourLater = "redis.call('HINCRBY', KEYS[1], 'until', 3600000)";
      await redis.evaluate(anHourLater, redisKey('reply', 'me', 'k'), []);
      const began = performance.now();
      expect(await other.runOnce(keyed(), unreachable)).toEqual(lost);
      expect(performance.now() - began).toBeGreaterThan(500);
    },
  );

  test.skipIf(isRedisMissing)('stops waiting for another gateway when its own one aborts', async () => {
    const { store, other } = await openStores(60_000);
    const { running, end } = await startFirst(store);
    const [waiting, waitingForOwn] = [other, store].map((it) => it.runOnce(keyed(), unreachable));
    other.abort();
    expect(await waiting).toEqual(lost);
    store.abort();
    end(outcome);
    expect(await running).toEqual({ kind: 'ran', outcome });
    expect(await waitingForOwn).toMatchObject({ kind: 'replayed', outcome });
  });
});

test('keeps outcomes that cannot be written to Redis up to a limit', async () => {
  const redis: Redis = {
    connected: Promise.resolve(),
    isReady: true,
    evaluate: async (_script, _key, args) => {
      // Accepts the claim, but not the outcome.
      if (args.length === 7) return ['claimed'];
      throw new RedisUnreachable();
    },
    close: async () => {},
  };
  const store = createRedisIdempotencyStore(redis, { ttlMs: 1_000_000, maxRunMs: 60_000 });
  const start = usedMegabytes();
  for (let index = 0; index < 1_000; index++) {
    const reply = {
      callerId: 'me',
      key: `${index}`,
      draft,
      attachment: null,
      randomIds,
      refusal: null,
      signal: new AbortController().signal,
    };
    const message = `${index}`.padEnd(200_000, 'x');
    const run = async () =>
      ({ kind: 'dashlyUnavailable', message, delivery: 'UNKNOWN', reason: 'TIMEOUT' }) as const;
    expect((await store.runOnce(reply, run)).kind).toBe('ran');
  }
  expect(usedMegabytes() - start).toBeLessThan(40);
  await store.flush();
});

describe('the memory', () => {
  const answerWith = (part: object): ReplyOutcome => {
    const { data } = documentedAnswer;
    const decoded = decodeReply({ ...data, ...part }, collectUndocumented().source);
    if (!decoded) throw new Error('The response is not a reply.');
    return { kind: 'sent', ...decoded, replayed: false, recovered: false };
  };
  const keyed = (key: string): KeyedReply => ({
    callerId: 'me',
    key,
    draft,
    attachment: null,
    randomIds,
    refusal: null,
    signal: new AbortController().signal,
  });

  test.each([
    ['large responses', 4_000, 'x'.repeat(200_000), 200],
    ['large responses with characters of two bytes', 2_000, 'ж'.repeat(200_000), 350],
    ['many keys', 200_000, 'x', 300],
  ])(
    'is limited with %s, and the oldest outcomes are forgotten',
    async (_what, count, body, maxMegabytes) => {
      const store = createMemoryIdempotencyStore(86_400_000);
      const start = usedMegabytes();
      for (let index = 0; index < count; index++) {
        // A different text each time; otherwise the engine would share one.
        await store.runOnce(keyed(`${index}`.padEnd(255)), async () =>
          answerWith({ body: `${index}${body}` }),
        );
      }
      expect(usedMegabytes() - start).toBeLessThan(maxMegabytes);

      const run = vi.fn(async () => answerWith({ body: 'again' }));
      // Their outcomes are lost, but the store still records that they were sent.
      for (const index of [0, 1, 2]) {
        const known = await store.runOnce(keyed(`${index}`.padEnd(255)), run);
        expect(known).toEqual({ kind: 'lost', delivery: 'DELIVERED', lookUp: null });
      }
      for (const index of [count - 1, count - 2, count - 20]) {
        const known = await store.runOnce(keyed(`${index}`.padEnd(255)), run);
        expect(known).toMatchObject({ kind: 'replayed', outcome: { part: { id: expect.any(String) } } });
      }
      expect(run).not.toHaveBeenCalled();
    },
  );

  test('keeps nothing of undelivered replies', async () => {
    const store = createMemoryIdempotencyStore(86_400_000);
    const message = 'x'.repeat(100_000);
    const start = usedMegabytes();
    for (let index = 0; index < 5_000; index++) {
      const refused = {
        kind: 'notAuthenticated',
        message: `${index}${message}`,
        delivery: 'NOT_DELIVERED',
      } as const;
      await store.runOnce(keyed(`${index}`), async () => refused);
    }
    expect(usedMegabytes() - start).toBeLessThan(30);
  });

  test('does not grow with the length of keys', async () => {
    const store = createMemoryIdempotencyStore(86_400_000);
    const start = usedMegabytes();
    for (let index = 0; index < 30_000; index++) {
      const key = `${index}`.padEnd(255, '\u0000');
      await store.runOnce(keyed(key), async () => ({
        kind: 'dashlyUnavailable',
        message: '',
        delivery: 'UNKNOWN',
        reason: 'TIMEOUT',
      }));
    }
    // As JSON, the keys alone take 45 MB.
    expect(usedMegabytes() - start).toBeLessThan(30);
  });

  test('reports a run that failed unexpectedly as lost', async () => {
    const store = createMemoryIdempotencyStore(86_400_000);
    const fail = vi.fn(async () => Promise.reject(new Error('unforeseen')));
    const first = store.runOnce(keyed('k'), fail);
    const waiting = store.runOnce(keyed('k'), fail);
    await expect(first).rejects.toThrow('unforeseen');
    expect(await waiting).toMatchObject({ kind: 'lost', delivery: 'UNKNOWN' });
    expect(await store.runOnce(keyed('k'), fail)).toMatchObject({ kind: 'lost', delivery: 'UNKNOWN' });
    expect(await store.runOnce({ ...keyed('k'), draft: { ...draft, body: 'x' } }, fail)).toEqual({
      kind: 'conflict',
    });
    expect(fail).toHaveBeenCalledTimes(1);
  });
});
