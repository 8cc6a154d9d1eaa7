/** Keeps the outcomes of replies with a key in memory. */

import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import {
  type IdempotencyStore,
  isFinal,
  type KeyedReply,
  type Run,
} from '../conversation/idempotency-store.ts';
import type { ReplyOutcome } from '../conversation/reply-outcome.ts';
import { RequestAborted, unlessAborted } from '../conversation/request-aborted.ts';
import { fingerprintOf, outcomeFromText, outcomeToText } from './stored-reply.ts';

/** Beyond that, the least recently used keys are forgotten; each takes about 300 bytes. */
const maxKeys = 200_000;

/** For the outcomes as text, about 1,000 characters each. Beyond that, a key is still known, but its outcome is lost. */
const maxCharacters = 64 * 1024 * 1024;

interface Running {
  readonly fingerprint: string;
  /** What other calls with the key receive; after `aborted` one of them runs instead. */
  readonly end: Promise<ReplyOutcome | 'aborted' | 'crashed'>;
}

interface Ended {
  readonly fingerprint: string;
  readonly delivery: 'UNKNOWN' | 'DELIVERED';
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

  function start(key: string, fingerprint: string, run: Run): Promise<ReplyOutcome> {
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
      if (it === 'crashed') ended.set(key, { fingerprint, delivery: 'UNKNOWN' });
      else if (it !== 'aborted' && isFinal(it)) {
        const isUnknown = it.kind !== 'sent' && it.delivery === 'UNKNOWN';
        ended.set(key, { fingerprint, delivery: isUnknown ? 'UNKNOWN' : 'DELIVERED' });
        outcomes.set(key, outcomeToText(it));
      }
    });
    return outcome;
  }

  return {
    async runOnce(reply, run) {
      const key = hashOf(reply);
      const fingerprint = await fingerprintOf(reply);
      for (;;) {
        const known = running.get(key) ?? ended.get(key);
        if (!known) return { kind: 'ran', outcome: await start(key, fingerprint, run) };
        if (known.fingerprint !== fingerprint) return { kind: 'conflict' };
        if (!('end' in known)) {
          const text = outcomes.get(key);
          if (text === undefined) return { kind: 'lost', delivery: known.delivery };
          return { kind: 'replayed', outcome: outcomeFromText(text) };
        }
        const end = await unlessAborted(reply.signal, known.end);
        if (end === 'crashed') return { kind: 'lost', delivery: 'UNKNOWN' };
        if (end !== 'aborted') return { kind: 'replayed', outcome: end };
      }
    },
  };
}

/** A key of fixed length, since the key of a caller may be long. */
function hashOf({ callerId, key }: KeyedReply): string {
  return createHash('sha256')
    .update(JSON.stringify([callerId, key]))
    .digest('base64url');
}
