/** Limits look-ups, so that they do not make an outage of Dashly worse. */

import { type Caller, hasOwnAccount } from '../callers/caller.ts';

/**
 * `foundTwice`: the conversation has the reply more than once. `refused`: the account may not read. `skipped`: the look-up did not begin, or its
 * client disconnected.
 */
export const lookUpResults = ['found', 'foundTwice', 'notFound', 'failed', 'refused', 'skipped'] as const;
export type LookUpResult = (typeof lookUpResults)[number];

/** This many look-ups may run at once in any case. */
const minConcurrent = 3;
const shareOfReplies = 0.2;
/** More would time out in the queue for a connection, as if Dashly had failed. */
const maxConcurrent = 32;

/** If half of the last 20 look-ups failed, none begins for 30 seconds. */
const sampleSize = 20;
const pauseMs = 30_000;

/** An account that may not read is not tried again for 10 minutes. */
const refusalMs = 600_000;
const maxRefusals = 1_000;

export class LookUpLimits {
  readonly #repliesUnderWay: () => number;
  #running = 0;
  /** Whether each of the last look-ups failed. */
  #failures: boolean[] = [];
  #pausedUntil = 0;
  /** The end of the pause of each account, oldest first. */
  readonly #refusals = new Map<string, number>();

  constructor(repliesUnderWay: () => number) {
    this.#repliesUnderWay = repliesUnderWay;
  }

  /** Whether look-ups for a caller are off for a while: after failures, or since its account may not read. */
  areOff(caller: Caller): boolean {
    const now = performance.now();
    return now < this.#pausedUntil || now < (this.#refusals.get(accountOf(caller)) ?? 0);
  }

  /** Whether a look-up may begin for a caller; if so, `end` must be called. */
  begin(caller: Caller): boolean {
    if (this.areOff(caller)) return false;
    const share = Math.floor(shareOfReplies * this.#repliesUnderWay());
    if (this.#running >= Math.min(Math.max(minConcurrent, share), maxConcurrent)) return false;
    this.#running++;
    return true;
  }

  end(caller: Caller, result: LookUpResult): void {
    this.#running--;
    if (result === 'skipped') return;
    if (result === 'refused') this.#refuse(accountOf(caller));
    this.#failures.push(result === 'failed');
    if (this.#failures.length > sampleSize) this.#failures.shift();
    if (this.#failures.filter(Boolean).length < sampleSize / 2) return;
    if (this.#failures.length < sampleSize) return;
    this.#failures = [];
    this.#pausedUntil = performance.now() + pauseMs;
  }

  #refuse(account: string): void {
    this.#refusals.delete(account);
    this.#refusals.set(account, performance.now() + refusalMs);
    const [oldest] = this.#refusals.keys();
    if (this.#refusals.size > maxRefusals && oldest !== undefined) this.#refusals.delete(oldest);
  }
}

/** Dashly accounts have no ids here: a caller's own account has the id of the caller. */
function accountOf(caller: Caller): string {
  return hasOwnAccount(caller) ? caller.id : 'gateway';
}
