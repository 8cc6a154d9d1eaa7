/** Keeps the outcomes of replies with a key in memory. */

import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { deliveryOf, type ReplyOutcome, type SentReply } from '../conversation/reply-outcome.ts';
import { RequestAborted, unlessAborted } from '../conversation/request-aborted.ts';
import {
  type IdempotencyStore,
  isFinal,
  type KeyedReply,
  type LookUpPermit,
  lookUpIntervalMs,
  type Run,
} from '../conversation/sending/idempotency-store.ts';
import type { RandomIds } from '../conversation/sending/random-ids.ts';
import { fingerprintOf, outcomeFromText, outcomeToText } from './stored-reply.ts';

/** Beyond that, the least recently used keys are forgotten; each takes about 400 bytes. */
const maxKeys = 200_000;

/** For the outcomes as text, about 1,000 characters each. Beyond that, a key is kept without its outcome. */
const maxCharacters = 64 * 1024 * 1024;

interface Running {
  readonly fingerprint: string;
  /** What other calls with the key receive; after `aborted` one of them runs instead. */
  readonly end: Promise<ReplyOutcome | 'aborted' | 'crashed'>;
}

interface Ended {
  readonly fingerprint: string;
  readonly delivery: 'UNKNOWN' | 'DELIVERED';
  readonly randomIds: RandomIds;
  /** By `performance.now()`. */
  readonly startedAt: number;
  lookUpAt: number;
}

/** `ttlMs` counts from the end of the first call with a key. */
export function createMemoryIdempotencyStore(ttlMs: number): IdempotencyStore {
  const running = new Map<string, Running>();
  // Not `max`, which allocates memory for all keys in advance.
  const ended = new LRUCache<string, Ended>({ ttl: ttlMs, maxSize: maxKeys, sizeCalculation: () => 1 });
  const outcomes = new LRUCache<string, string>({
    ttl: ttlMs,
    maxSize: maxCharacters,
    sizeCalculation: (text) => text.length,
  });

  function start(key: string, fingerprint: string, randomIds: RandomIds, run: Run): Promise<ReplyOutcome> {
    const startedAt = performance.now();
    const remember = (delivery: Ended['delivery']): void =>
      void ended.set(key, { fingerprint, delivery, randomIds, startedAt, lookUpAt: startedAt });
    // In memory, a claim does not expire before its run ends.
    const outcome = run(null);
    const end = outcome.then(
      (it) => it,
      (error: unknown) => (error instanceof RequestAborted ? 'aborted' : 'crashed'),
    );
    running.set(key, { fingerprint, end });
    // Registered first, so it runs before the calls that wait for the end continue.
    end.then((it) => {
      running.delete(key);
      if (it === 'crashed') remember('UNKNOWN');
      else if (it !== 'aborted' && isFinal(it)) {
        remember(deliveryOf(it) === 'UNKNOWN' ? 'UNKNOWN' : 'DELIVERED');
        outcomes.set(key, outcomeToText(it));
      }
    });
    return outcome;
  }

  function permitLookUp(key: string, known: Ended): LookUpPermit | null {
    const now = performance.now();
    if (known.delivery !== 'UNKNOWN' || now < known.lookUpAt) return null;
    known.lookUpAt = now + lookUpIntervalMs;
    return {
      randomIds: known.randomIds,
      elapsedMs: now - known.startedAt,
      async record(found: SentReply) {
        if (ended.get(key) !== known) return;
        ended.set(key, { ...known, delivery: 'DELIVERED' });
        outcomes.set(key, outcomeToText(found));
      },
    };
  }

  return {
    async runOnce(reply, run) {
      const key = hashOf(reply);
      const fingerprint = await fingerprintOf(reply);
      for (;;) {
        const known = running.get(key) ?? ended.get(key);
        if (!known) return { kind: 'ran', outcome: await start(key, fingerprint, reply.randomIds, run) };
        if (known.fingerprint !== fingerprint) return { kind: 'conflict' };
        if (!('end' in known)) {
          const text = outcomes.get(key);
          const lookUp = permitLookUp(key, known);
          if (text === undefined) return { kind: 'lost', delivery: known.delivery, lookUp };
          return { kind: 'replayed', outcome: outcomeFromText(text), lookUp };
        }
        const end = await unlessAborted(reply.signal, known.end);
        if (end === 'crashed') return { kind: 'lost', delivery: 'UNKNOWN', lookUp: null };
        if (end !== 'aborted') return { kind: 'replayed', outcome: end, lookUp: null };
      }
    },
  };
}

/** A key of fixed length, since the key of a caller may be long. */
function hashOf({ callerId, key }: KeyedReply): string {
  return hash('sha256', JSON.stringify([callerId, key]), 'base64url');
}
