/** Remembers whom Dashly has told to wait, so that nothing more is sent for these until the time has passed. */

import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { tokenOf } from '../conversation/token-of.ts';

const maxTokens = 10_000;

/** After so many a call is tried all the same: a mistake in a header is not to silence a token for years. */
const maxSeconds = 3_600;

export class BackOff {
  /** By the hash of the token, which may be long: when the wait is over, on the clock of `performance.now()`. */
  readonly #waits = new LRUCache<string, number>({ max: maxTokens });

  /** After a refusal that said how long to wait, in seconds; null for one that did not. */
  remember(authorization: string, seconds: number | null): void {
    if (!seconds) return;
    const token = hashOfToken(authorization);
    const until = performance.now() + Math.min(seconds, maxSeconds) * 1000;
    this.#waits.set(token, Math.max(until, this.#waits.get(token) ?? 0));
  }

  /** Whole seconds, 0 for none. */
  secondsToWait(authorization: string): number {
    if (this.#waits.size === 0) return 0;
    const token = hashOfToken(authorization);
    const until = this.#waits.get(token);
    if (until === undefined) return 0;
    const seconds = Math.ceil((until - performance.now()) / 1000);
    if (seconds > 0) return seconds;
    this.#waits.delete(token);
    return 0;
  }
}

function hashOfToken(authorization: string): string {
  return createHash('sha256').update(tokenOf(authorization)).digest('base64url');
}
