/** Keeps what became of replies with a key in Redis, for all gateways that share it. */

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Deadline } from '../conversation/deadline.ts';
import { isFinal, type OnceResult, type RunOnce } from '../conversation/idempotency-store.ts';
import type { ReplyOutcome } from '../conversation/reply-outcome.ts';
import { CallerGone } from '../conversation/request-aborted.ts';
import { type Redis, RedisAway, redisKey } from './connect-redis.ts';
import { outcomeFromText, outcomeToText } from './outcome-text.ts';
import { fingerprintOf } from './stored-reply.ts';

export interface RedisRunOnceOptions {
  /** How long a key is kept, from the end of the first call with it. */
  readonly ttlMs: number;
  /** No run takes longer; one that said nothing by then was cut off. */
  readonly maxRunMs: number;
}

export interface RedisRunOnce {
  readonly runOnce: RunOnce;
  /** Tries once more to write what is still to be written. */
  flush(): Promise<void>;
}

/**
 * Claims the key for one run. Each record has the fingerprint of the input, the token of the run, and a state: `running` until
 * a time on Redis' own clock, `ended` with an outcome that stands, or `freed` with one that those who waited for it still get.
 */
const claimScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local record = redis.call('HMGET', KEYS[1], 'fingerprint', 'token', 'state', 'until', 'outcome')
local fingerprint, token, state, runsUntil, outcome = unpack(record)
if token and token == ARGV[5] and state == 'freed' then return {'ended', outcome} end
if not token or state == 'freed' then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'token', ARGV[2], 'state', 'running',
    'until', string.format('%d', now + ARGV[3]))
  redis.call('PEXPIRE', KEYS[1], ARGV[3] + ARGV[4])
  return {'claimed'}
end
if fingerprint ~= ARGV[1] then return {'conflict'} end
if state == 'ended' then return {'ended', outcome} end
if tonumber(runsUntil) < now then return {'interrupted'} end
return {'running', token}
`;

/** Ends a run, unless another one has the key by now. */
const endScript = `
local token = redis.call('HGET', KEYS[1], 'token')
if token and token ~= ARGV[1] then return end
if ARGV[2] == 'ended' then
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[4], 'token', ARGV[1], 'state', 'ended', 'outcome', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
elseif token and ARGV[2] == 'freed' then
  redis.call('HSET', KEYS[1], 'state', 'freed', 'outcome', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[6])
else
  redis.call('DEL', KEYS[1])
end
`;

/** Those who wait look more often than that. */
const freedMs = 5_000;
const firstPauseMs = 20;
const longestPauseMs = 250;

const retryMs = 500;

/**
 * Of outcomes that are still to be written, in characters; beyond that they are dropped. Then the record of the run stays without an end, and its
 * outcome is unknown.
 */
const maxUnwritten = 16 * 1024 * 1024;

export function createRedisRunOnce(redis: Redis, { ttlMs, maxRunMs }: RedisRunOnceOptions): RedisRunOnce {
  const unwritten = new Set<Promise<void>>();
  let unwrittenCharacters = 0;
  let isClosing = false;

  /** Gives up at the time at which the run counts as cut off in any case. */
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
      if (unwrittenCharacters + size > maxUnwritten) return;
      unwrittenCharacters += size;
      // The caller need not wait: until it is written, others with the key are told that nothing is known.
      const attempt = keepTrying(write).finally(() => {
        unwrittenCharacters -= size;
        unwritten.delete(attempt);
      });
      unwritten.add(attempt);
    }
  }

  const runOnce: RunOnce = async (reply, run): Promise<OnceResult> => {
    const key = redisKey('reply', reply.callerId, reply.key);
    const fingerprint = await fingerprintOf(reply);
    const token = randomUUID();
    const endAs = (state: 'ended' | 'freed' | 'calledOff', outcome: string): Promise<void> =>
      end(key, [token, state, outcome, fingerprint, String(ttlMs), String(freedMs)]);

    async function runClaimed(deadline: Deadline): Promise<OnceResult> {
      let outcome: ReplyOutcome;
      try {
        outcome = await run(deadline);
      } catch (error) {
        if (error instanceof CallerGone) await endAs('calledOff', '');
        throw error;
      }
      // Others were told that nothing is known, or have the key by now; the record goes on saying so.
      if (deadline.isOver && !isFinal(outcome)) return { kind: 'late' };
      await endAs(isFinal(outcome) ? 'ended' : 'freed', outcomeToText(outcome));
      return { kind: 'ran', outcome };
    }

    let awaited = '';
    for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
      if (reply.presence.isGone) throw new CallerGone();
      // Begins before the claim does, so that it is over no later.
      const deadline = new Deadline(maxRunMs);
      let claim: unknown;
      try {
        const args = [fingerprint, token, String(maxRunMs), String(ttlMs), awaited];
        claim = await redis.evaluate(claimScript, key, args);
      } catch (error) {
        // The claim may have been made before the answer was lost.
        if (!(error instanceof RedisAway)) void endAs('calledOff', '');
        if (awaited !== '') return { kind: 'lost', delivery: 'UNKNOWN' };
        return { kind: 'storeUnreachable' };
      }
      const [state, detail] = claim as [state: string, detail?: string];
      switch (state) {
        case 'claimed':
          return runClaimed(deadline);
        case 'ended':
          return { kind: 'replayed', outcome: outcomeFromText(detail ?? '') };
        case 'running':
          awaited = detail ?? '';
          await delay(pause);
          break;
        case 'conflict':
          return { kind: 'conflict' };
        case 'interrupted':
          return { kind: 'lost', delivery: 'UNKNOWN' };
      }
    }
  };

  return {
    runOnce,
    async flush() {
      isClosing = true;
      await Promise.all(unwritten);
    },
  };
}
