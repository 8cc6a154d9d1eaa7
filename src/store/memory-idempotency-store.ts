/** Keeps what became of replies with a key in the memory of this process. */

import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import {
  isFinal,
  type KeyedReply,
  type OnceResult,
  type Run,
  type RunOnce,
} from '../conversation/idempotency-store.ts';
import type { ReplyOutcome } from '../conversation/reply-outcome.ts';
import { CallerGone, whilePresent } from '../conversation/request-aborted.ts';
import { outcomeFromText, outcomeToText } from './outcome-text.ts';
import { fingerprintOf } from './stored-reply.ts';

/** Beyond that the keys that were used longest ago are forgotten; each takes some 300 bytes. */
const maxKeys = 200_000;

/** Of answers, in characters; beyond that a key is still known, but its answer is not. One has some 1,000. */
const maxCharacters = 64 * 1024 * 1024;

interface Running {
  readonly fingerprint: string;
  /** What the others that wait for it are told; `calledOff` where one of them is to run in its place. */
  readonly end: Promise<ReplyOutcome | 'calledOff' | 'interrupted'>;
}

interface Ended {
  readonly fingerprint: string;
  readonly delivery: 'UNKNOWN' | 'DELIVERED';
}

/** `ttlMs` counts from the end of the first call with a key. */
export function createMemoryRunOnce(ttlMs: number): RunOnce {
  /** Each as long as its call to Dashly. */
  const running = new Map<string, Running>();
  // By a size, since a `max` takes up the memory of as many keys at once.
  const ended = new LRUCache<string, Ended>({ ttl: ttlMs, maxSize: maxKeys, sizeCalculation: () => 1 });
  const answers = new LRUCache<string, string>({
    ttl: ttlMs,
    maxSize: maxCharacters,
    sizeCalculation: (text) => text.length,
  });

  function start(key: string, fingerprint: string, run: Run): Promise<ReplyOutcome> {
    // A claim in this memory does not end before its run.
    const outcome = run(null);
    const end = outcome.then(
      (it) => it,
      (error: unknown) => (error instanceof CallerGone ? 'calledOff' : 'interrupted'),
    );
    running.set(key, { fingerprint, end });
    // Before anybody who waits for the end goes on.
    end.then((it) => {
      running.delete(key);
      if (it === 'interrupted') ended.set(key, { fingerprint, delivery: 'UNKNOWN' });
      else if (it !== 'calledOff' && isFinal(it)) {
        const isUnknown = it.kind !== 'sent' && it.delivery === 'UNKNOWN';
        ended.set(key, { fingerprint, delivery: isUnknown ? 'UNKNOWN' : 'DELIVERED' });
        answers.set(key, outcomeToText(it));
      }
    });
    return outcome;
  }

  return async (reply, run): Promise<OnceResult> => {
    const key = shortKeyOf(reply);
    const fingerprint = await fingerprintOf(reply);
    for (;;) {
      const known = running.get(key) ?? ended.get(key);
      if (!known) return { kind: 'ran', outcome: await start(key, fingerprint, run) };
      if (known.fingerprint !== fingerprint) return { kind: 'conflict' };
      if (!('end' in known)) {
        const text = answers.get(key);
        if (text === undefined) return { kind: 'lost', delivery: known.delivery };
        return { kind: 'replayed', outcome: outcomeFromText(text) };
      }
      const end = await whilePresent(reply.presence, known.end);
      if (end === 'interrupted') return { kind: 'lost', delivery: 'UNKNOWN' };
      if (end !== 'calledOff') return { kind: 'replayed', outcome: end };
    }
  };
}

/** Of one length for all, since a key may be long. */
function shortKeyOf({ callerId, key }: KeyedReply): string {
  return createHash('sha256')
    .update(JSON.stringify([callerId, key]))
    .digest('base64url');
}
