/** Which calls with a key may look up a reply with an unknown outcome, and what they may record. */

import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ReplyOutcome, SentReply } from '../../src/conversation/reply-outcome.ts';
import type {
  IdempotencyStore,
  IdempotentResult,
  KeyedReply,
  LookUpPermit,
} from '../../src/conversation/sending/idempotency-store.ts';
import { createMemoryIdempotencyStore } from '../../src/store/memory-idempotency-store.ts';
import { connectRedis, redisKey } from '../../src/store/redis/connect-redis.ts';
import { createRedisIdempotencyStore } from '../../src/store/redis/redis-idempotency-store.ts';
import { bareDraft } from '../bare-draft.ts';
import { samplePart } from '../conversation/sample-part.ts';
import { isRedisMissing, startRedis } from '../support/redis/start-redis.ts';

afterEach(() => void vi.useRealTimers());

const unknown: ReplyOutcome = {
  kind: 'dashlyUnavailable',
  message: '',
  delivery: 'UNKNOWN',
  reason: 'TIMEOUT',
};
const found: SentReply = {
  kind: 'sent',
  part: samplePart({ id: '5' }),
  assignPart: null,
  replayed: false,
  recovered: true,
};
const randomIds = { reply: 77, assignment: 88 };

const keyed = (fields: Partial<KeyedReply> = {}): KeyedReply => ({
  callerId: 'me',
  key: 'k',
  draft: bareDraft,
  attachment: null,
  randomIds,
  refusal: null,
  signal: new AbortController().signal,
  ...fields,
});

const end = (store: IdempotencyStore, outcome: ReplyOutcome, fields: Partial<KeyedReply> = {}) =>
  store.runOnce(keyed(fields), async () => outcome);

/** A later call, whose own random ids do not matter. */
const askAgain = (store: IdempotencyStore) =>
  store.runOnce(keyed({ randomIds: { reply: 1, assignment: 2 } }), async () => expect.unreachable());

/** A first call that runs until `wakeUp`. */
async function startRun(store: IdempotencyStore) {
  const { promise: outcome, resolve: wakeUp } = Promise.withResolvers<ReplyOutcome>();
  const { promise: isRunning, resolve: begin } = Promise.withResolvers<void>();
  const run = store.runOnce(keyed(), () => {
    begin();
    return outcome;
  });
  await isRunning;
  return { run, wakeUp };
}

function permitOf(result: IdempotentResult): LookUpPermit | null {
  if (!('lookUp' in result)) throw new Error(`The store has no earlier call: ${result.kind}.`);
  return result.lookUp;
}

async function openRedisStore(url: string, maxRunMs = 60_000): Promise<IdempotencyStore> {
  const redis = connectRedis(url, () => {});
  onTestFinished(() => redis.close());
  await redis.connected;
  return createRedisIdempotencyStore(redis, { ttlMs: 1_000_000, maxRunMs });
}

const stores: readonly (readonly [string, boolean, () => Promise<IdempotencyStore>])[] = [
  ['memory', false, async () => createMemoryIdempotencyStore(1_000_000)],
  ['Redis', isRedisMissing, async () => openRedisStore((await startRedis()).url)],
];

for (const [name, isMissing, open] of stores) {
  describe.skipIf(isMissing)(`with ${name}`, () => {
    test('an unknown outcome may be looked up by one call, with the ids of the first one', async () => {
      const store = await open();
      await end(store, unknown);
      const permit = permitOf(await askAgain(store));
      expect(permit).toMatchObject({ randomIds, elapsedMs: expect.any(Number) });
      expect(permit?.elapsedMs).toBeLessThan(60_000);
      expect(permitOf(await askAgain(store))).toBe(null);
    });

    test('what was found is replayed from then on', async () => {
      const store = await open();
      await end(store, unknown);
      await permitOf(await askAgain(store))?.record(found);
      expect(await askAgain(store)).toEqual({ kind: 'replayed', outcome: found, lookUp: null });
    });

    test.each<[string, ReplyOutcome]>([
      ['was sent', { ...found, recovered: false }],
      ['was delivered', { ...unknown, delivery: 'DELIVERED' }],
    ])('a reply that %s needs no look-up', async (_what, outcome) => {
      const store = await open();
      await end(store, outcome);
      expect(permitOf(await askAgain(store))).toBe(null);
    });
  });
}

test('in memory, the next call may look after 30 seconds', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const store = createMemoryIdempotencyStore(1_000_000);
  await end(store, unknown);
  expect(permitOf(await askAgain(store))).not.toBe(null);
  vi.advanceTimersByTime(29_999);
  expect(permitOf(await askAgain(store))).toBe(null);
  vi.advanceTimersByTime(1);
  expect(permitOf(await askAgain(store))?.elapsedMs).toBe(30_000);
});

describe.skipIf(isRedisMissing)('with gateways that share a Redis', () => {
  test('one of them may look', async () => {
    const { url } = await startRedis();
    const [one, other] = [await openRedisStore(url), await openRedisStore(url)];
    await end(one, unknown);
    const permits = (await Promise.all([askAgain(one), askAgain(other)])).map(permitOf);
    expect(permits.filter((permit) => permit !== null)).toHaveLength(1);
  });

  test('a reply whose gateway crashed may be looked up by another one', async () => {
    const { url } = await startRedis();
    const [one, other] = [await openRedisStore(url, 50), await openRedisStore(url, 50)];
    await startRun(one);
    const result = await askAgain(other);
    expect(result).toMatchObject({ kind: 'lost', delivery: 'UNKNOWN', lookUp: { randomIds } });
    await permitOf(result)?.record(found);
    expect(await askAgain(one)).toEqual({ kind: 'replayed', outcome: found, lookUp: null });
  });

  test('a record of an older gateway, which has no random ids, is not looked up', async () => {
    const { url } = await startRedis();
    const store = await openRedisStore(url);
    await end(store, unknown);
    const redis = connectRedis(url, () => {});
    onTestFinished(() => redis.close());
    await redis.connected;
    const script = "redis.call('HDEL', KEYS[1], 'randomIds', 'startedAt', 'lookUpAt')";
    await redis.evaluate(script, redisKey('reply', 'me', 'k'), []);
    expect(await askAgain(store)).toEqual({ kind: 'replayed', outcome: unknown, lookUp: null });
  });

  test('a gateway that wakes up does not replace what was found', async () => {
    const { url } = await startRedis();
    const [one, other] = [await openRedisStore(url, 50), await openRedisStore(url, 50)];
    const { run, wakeUp } = await startRun(one);
    await permitOf(await askAgain(other))?.record(found);
    wakeUp(unknown);
    expect(await run).toMatchObject({ kind: 'ran' });
    expect(await askAgain(other)).toEqual({ kind: 'replayed', outcome: found, lookUp: null });
  });

  test('a look-up does not replace an outcome that is known meanwhile', async () => {
    const { url } = await startRedis();
    const [one, other] = [await openRedisStore(url, 50), await openRedisStore(url, 50)];
    const { run, wakeUp } = await startRun(one);
    const permit = permitOf(await askAgain(other));
    const known: SentReply = { ...found, recovered: false };
    wakeUp(known);
    await run;
    await permit?.record(found);
    expect(await askAgain(other)).toEqual({ kind: 'replayed', outcome: known, lookUp: null });
  });
});
