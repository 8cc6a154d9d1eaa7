/** Stores until when a token must wait (`Retry-After`); nothing is sent for it until then. */

import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

const maxTokens = 10_000;

/** After that a call is tried in any case: a wrong header must not block a token for years. */
const maxWaitSeconds = 3_600;

export class BackOff {
  /** The end of the wait on the clock of `performance.now()`, by the hash of the token, since tokens may be long. */
  readonly #waits = new LRUCache<string, number>({ max: maxTokens });

  /** `seconds` is null if Dashly did not say how long to wait. */
  remember(token: string, seconds: number | null): void {
    if (!seconds) return;
    const key = hashOf(token);
    const until = performance.now() + Math.min(seconds, maxWaitSeconds) * 1000;
    this.#waits.set(key, Math.max(until, this.#waits.get(key) ?? 0));
  }

  /** An integer; 0 for none. */
  secondsToWait(token: string): number {
    if (this.#waits.size === 0) return 0;
    const key = hashOf(token);
    const until = this.#waits.get(key);
    if (until === undefined) return 0;
    const seconds = Math.ceil((until - performance.now()) / 1000);
    if (seconds > 0) return seconds;
    this.#waits.delete(key);
    return 0;
  }
}

function hashOf(token: string): string {
  return hash('sha256', token, 'base64url');
}

const maxSeconds = 2 ** 31 - 1;

/** `Sun, 06 Nov 1994 08:49:37 GMT`, or the obsolete `Sunday, 06-Nov-94 …`; `Date.parse` alone accepts nearly anything. */
const httpDate = /^[A-Z][a-z]+, \d{2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d{2}:\d{2}:\d{2} GMT$/;

/** In seconds since the epoch; null if the header is missing or invalid. */
export function parseHttpDate(header: string | null): number | null {
  const date = header !== null && httpDate.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? null : date / 1000;
}

/** The seconds from `now` (milliseconds since the epoch) as an integer, at least 0; null if the header is missing or invalid. */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const date = parseHttpDate(header) ?? Number.NaN;
  const seconds = /^\d+$/.test(header) ? Number(header) : Math.ceil(date - now / 1000);
  return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 0), maxSeconds);
}
