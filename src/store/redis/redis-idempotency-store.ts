/** Keeps the outcomes of replies with a key in Redis, for all gateways that share it. */

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Deadline } from '../../conversation/deadline.ts';
import { deliveryOf, type ReplyOutcome } from '../../conversation/reply-outcome.ts';
import { RequestAborted } from '../../conversation/request-aborted.ts';
import {
  type IdempotencyStore,
  type IdempotentResult,
  isFinal,
  type LookUpPermit,
  lookUpIntervalMs,
} from '../../conversation/sending/idempotency-store.ts';
import type { RandomIds } from '../../conversation/sending/random-ids.ts';
import { fingerprintOf, outcomeFromText, outcomeToText } from '../stored-reply.ts';
import { type Redis, redisKey } from './connect-redis.ts';
import { claimScript, endScript, recordScript } from './idempotency-scripts.ts';
import { RedisUnreachable } from './run-script.ts';

export interface RedisIdempotencyStoreOptions {
  /** How long a key is kept, from the end of the first call with it. */
  readonly ttlMs: number;
  /** The time limit of a run; one that has not ended by then has crashed. */
  readonly maxRunMs: number;
}

export interface RedisIdempotencyStore extends IdempotencyStore {
  /** Lets calls that wait for a run of another gateway wait no longer than `abortMs`; the outcome of that run is unknown. */
  abort(): void;
  /** Waits for one more attempt to write the outcomes that are not written yet. */
  flush(): Promise<void>;
}

/** What `claimScript` returns; the last three only if the call may look up the outcome. */
type Claim = readonly [
  state: 'claimed' | 'running' | 'ended' | 'crashed' | 'conflict',
  detail?: string,
  token?: string,
  randomIds?: string,
  elapsedMs?: string,
];

/** Calls that wait look more often than that. */
const freedMs = 5_000;
const firstPauseMs = 20;
const longestPauseMs = 250;

/** Runs of this gateway end at the same time, and calls that wait for them still get their outcomes. */
const abortMs = 300;

const retryMs = 500;

/**
 * The limit for outcomes that are not written yet, in characters. Beyond it an outcome is dropped: the record of its run never ends, so later calls
 * get an unknown outcome.
 */
const maxUnwrittenCharacters = 16 * 1024 * 1024;

export function createRedisIdempotencyStore(
  redis: Redis,
  { ttlMs, maxRunMs }: RedisIdempotencyStoreOptions,
): RedisIdempotencyStore {
  const unwritten = new Set<Promise<void>>();
  let unwrittenCharacters = 0;
  let isClosing = false;
  let abortAt = Number.POSITIVE_INFINITY;

  /** Gives up when the run counts as crashed anyway. */
  async function keepTrying(write: () => Promise<unknown>): Promise<void> {
    const giveUpAt = performance.now() + maxRunMs;
    while (performance.now() < giveUpAt && !isClosing) {
      await delay(retryMs);
      const isWritten = await write().then(
        () => true,
        () => false,
      );
      if (isWritten) return;
    }
  }

  async function end(key: string, args: readonly string[]): Promise<void> {
    const write = () => redis.evaluate(endScript, key, args);
    try {
      await write();
    } catch {
      const size = args.join('').length;
      if (unwrittenCharacters + size > maxUnwrittenCharacters) return;
      unwrittenCharacters += size;
      // The caller need not wait: until the outcome is written, other calls with the key get an unknown outcome.
      const attempt = keepTrying(write).finally(() => {
        unwrittenCharacters -= size;
        unwritten.delete(attempt);
      });
      unwritten.add(attempt);
    }
  }

  async function claim(key: string, args: readonly string[]): Promise<Claim> {
    // A claim that a failover loses could be made, and its reply sent, twice.
    const mustSurvive = (value: unknown) => (value as Claim)[0] === 'claimed';
    return (await redis.evaluate(claimScript, key, args, mustSurvive)) as Claim;
  }

  function permitLookUp(key: string, [, , token, randomIds, elapsedMs]: Claim): LookUpPermit | null {
    if (token === undefined || randomIds === undefined) return null;
    return {
      randomIds: JSON.parse(randomIds) as RandomIds,
      elapsedMs: Number(elapsedMs),
      async record(found) {
        // If it fails, a later call looks it up again.
        await redis.evaluate(recordScript, key, [token, outcomeToText(found), String(ttlMs)]).catch(() => {});
      },
    };
  }

  return {
    async runOnce(reply, run): Promise<IdempotentResult> {
      const key = redisKey('reply', reply.callerId, reply.key);
      const fingerprint = await fingerprintOf(reply);
      const token = randomUUID();
      const endAs = (state: 'ended' | 'freed' | 'aborted', outcome: string, isKnown = true): Promise<void> =>
        end(key, [
          token,
          state,
          outcome,
          fingerprint,
          String(ttlMs),
          String(freedMs),
          isKnown ? 'known' : '',
        ]);

      async function runClaimed(deadline: Deadline): Promise<IdempotentResult> {
        let outcome: ReplyOutcome;
        try {
          outcome = await run(deadline);
        } catch (error) {
          if (error instanceof RequestAborted) await endAs('aborted', '');
          throw error;
        }
        // Other calls were answered that the outcome is unknown, or have claimed the key; the record stays unchanged.
        if (deadline.hasPassed && !isFinal(outcome)) return { kind: 'late' };
        const isKnown = deliveryOf(outcome) !== 'UNKNOWN';
        await endAs(isFinal(outcome) ? 'ended' : 'freed', outcomeToText(outcome), isKnown);
        return { kind: 'ran', outcome };
      }

      let awaitedToken = '';
      let giveUpAt = 0;
      for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
        if (reply.signal.aborted) throw new RequestAborted();
        // Starts before the claim, so that it passes no later.
        const deadline = new Deadline(maxRunMs);
        let claimed: Claim;
        try {
          claimed = await claim(key, [
            fingerprint,
            token,
            String(maxRunMs),
            String(ttlMs),
            awaitedToken,
            JSON.stringify(reply.randomIds),
            String(lookUpIntervalMs),
          ]);
        } catch (error) {
          // The claim may have been made although its response was lost, or too few replicas have it.
          if (!(error instanceof RedisUnreachable)) void endAs('aborted', '');
          if (awaitedToken !== '') return { kind: 'lost', delivery: 'UNKNOWN', lookUp: null };
          return { kind: 'storeUnreachable' };
        }
        const [state, detail] = claimed;
        switch (state) {
          case 'claimed':
            return runClaimed(deadline);
          case 'ended':
            return {
              kind: 'replayed',
              outcome: outcomeFromText(detail ?? ''),
              lookUp: permitLookUp(key, claimed),
            };
          case 'running': {
            const now = performance.now();
            if (detail !== awaitedToken) {
              awaitedToken = detail ?? '';
              // The record expires by the clock of Redis, which may have been set back. One pause more: normally that clock decides.
              giveUpAt = now + maxRunMs + longestPauseMs;
            }
            if (now >= giveUpAt || now >= abortAt) return { kind: 'lost', delivery: 'UNKNOWN', lookUp: null };
            await delay(pause);
            break;
          }
          case 'conflict':
            return { kind: 'conflict' };
          case 'crashed':
            return { kind: 'lost', delivery: 'UNKNOWN', lookUp: permitLookUp(key, claimed) };
        }
      }
    },
    abort() {
      abortAt = performance.now() + abortMs;
    },
    async flush() {
      isClosing = true;
      await Promise.all(unwritten);
    },
  };
}
