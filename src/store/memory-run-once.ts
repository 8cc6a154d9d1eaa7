/** Keeps what became of replies with a key in the memory of this process. */

import { LRUCache } from 'lru-cache';
import { CallerGone } from '../conversation/presence.ts';
import type { ReplyOutcome } from '../conversation/reply-outcome.ts';
import { isFinal, type OnceResult, type RunOnce } from '../conversation/run-once.ts';
import { fingerprintOf } from './fingerprint-of.ts';
import { outcomeFromText, outcomeToText } from './outcome-text.ts';

/** In characters; beyond that the keys that were used longest ago are forgotten. An answer has some 1,000. */
const maxCharacters = 64 * 1024 * 1024;

/** What an entry takes besides the texts in it. */
const entryCharacters = 400;

interface Running {
  readonly fingerprint: string;
  /** What the others that wait for it are told; `calledOff` where one of them is to run in its place. */
  readonly end: Promise<ReplyOutcome | 'calledOff' | 'interrupted'>;
}

interface Ended {
  readonly fingerprint: string;
  /** Null where the run failed in a way that nobody foresaw. */
  readonly text: string | null;
}

/** `ttlMs` counts from the end of the first call with a key. */
export function createMemoryRunOnce(ttlMs: number): RunOnce {
  const running = new Map<string, Running>();
  const ended = new LRUCache<string, Ended>({
    ttl: ttlMs,
    maxSize: maxCharacters,
    sizeCalculation: ({ text }, key) => entryCharacters + key.length + (text?.length ?? 0),
  });

  function start(key: string, fingerprint: string, run: () => Promise<ReplyOutcome>): Promise<ReplyOutcome> {
    const outcome = run();
    const end = outcome.then(
      (it) => it,
      (error: unknown) => (error instanceof CallerGone ? 'calledOff' : 'interrupted'),
    );
    running.set(key, { fingerprint, end });
    // Before anybody who waits for the end goes on.
    end.then((it) => {
      running.delete(key);
      if (it === 'interrupted') ended.set(key, { fingerprint, text: null });
      else if (it !== 'calledOff' && isFinal(it)) ended.set(key, { fingerprint, text: outcomeToText(it) });
    });
    return outcome;
  }

  return async (reply, run): Promise<OnceResult> => {
    const key = JSON.stringify([reply.callerId, reply.key]);
    const fingerprint = await fingerprintOf(reply);
    for (;;) {
      const known = running.get(key) ?? ended.get(key);
      if (!known) return { kind: 'ran', outcome: await start(key, fingerprint, run) };
      if (known.fingerprint !== fingerprint) return { kind: 'conflict' };
      if (!('end' in known)) {
        if (known.text === null) return { kind: 'interrupted' };
        return { kind: 'replayed', outcome: outcomeFromText(known.text) };
      }
      const end = await known.end;
      if (end === 'interrupted') return { kind: 'interrupted' };
      if (end !== 'calledOff') return { kind: 'replayed', outcome: end };
    }
  };
}
