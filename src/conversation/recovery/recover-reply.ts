/** Looks up replies whose outcome is unknown: Dashly may have created the part although its response was lost. */

import type { Caller } from '../callers/caller.ts';
import type { Deadline } from '../deadline.ts';
import { everyOptionalField } from '../part.ts';
import { maxPartsPerPage, type PartsPage, type ReadFailure, type ReadParts } from '../reading/read-parts.ts';
import { RequestAborted } from '../request-aborted.ts';
import { type FoundReply, isFindable, ReplySearch, type SentReference } from './find-reply.ts';
import { LookUpLimits, type LookUpResult } from './look-up-limits.ts';

export interface ReplyRecoveryOptions<AnyCaller extends Caller> {
  readonly readParts: ReadParts<AnyCaller>;
  /** For all look-ups of one reply, in milliseconds; 0 turns them off. */
  readonly timeoutMs: number;
  /** Whether it is certain that sent parts can be read; otherwise a successful reply must be found first. */
  readonly canFindReplies: boolean;
  /** How many replies have a connection or wait for one. */
  readonly repliesUnderWay: () => number;
  readonly observe: ObserveLookUp;
  /** Logs a line for the operator. */
  readonly warn: (message: string) => void;
}

/** `lagSeconds` is the time from the end of the call until its part was found; null if it was not, or is unknown. */
export type ObserveLookUp = (result: LookUpResult, lagSeconds: number | null) => void;

export interface RecoverOptions<AnyCaller extends Caller> {
  readonly caller: AnyCaller;
  readonly sent: SentReference;
  /** Ends the search. */
  readonly signal: AbortSignal;
  /** The search ends by then; null for no limit but `timeoutMs`. */
  readonly deadline: Deadline | null;
}

/** After the end of the call. Each varies by a fifth, so that the replies of an outage are not looked up together. */
const lookTimesMs = [500, 1_500, 4_000];
const jitter = 0.2;

/** For one page. */
const readTimeoutMs = 1_500;
/** Of the last look. */
const maxPages = 2;

/** One success in so many is read back. */
const confirmEvery = 1_000;
/** Until one was found, one success in this time. */
const unprovenPauseMs = 30_000;

/** For a search that continues without its client. Not one signal for all: for each new listener, a signal searches all others. */
export function neverAborts(): AbortSignal {
  return new AbortController().signal;
}

interface Look<AnyCaller extends Caller> {
  readonly caller: AnyCaller;
  readonly sent: SentReference;
  readonly signal: AbortSignal;
  readonly maxPages: number;
  readonly timeLeft: () => number;
}

export class ReplyRecovery<AnyCaller extends Caller> {
  readonly #options: ReplyRecoveryOptions<AnyCaller>;
  readonly #limits: LookUpLimits;
  readonly #stopped = new AbortController();
  /** Each ends a pause. */
  readonly #pauses = new Set<() => void>();
  #canFindReplies: boolean;
  #isConfirming = false;
  #hasWarned = false;
  /** Until one is found, no success is read back before this time. */
  #confirmAt = 0;
  #successes = 0;

  constructor(options: ReplyRecoveryOptions<AnyCaller>) {
    this.#options = options;
    this.#limits = new LookUpLimits(options.repliesUnderWay);
    this.#canFindReplies = options.canFindReplies;
  }

  /** Looks several times, since Dashly may show a new part late. Null if the reply is not found, which proves nothing. */
  async recover(options: RecoverOptions<AnyCaller>): Promise<FoundReply | null> {
    if (!this.#canFindReplies || !this.#isPossible(options.sent)) return null;
    return replyIn(await this.#search(options));
  }

  /** Looks once. */
  async lookAgain(caller: AnyCaller, sent: SentReference): Promise<FoundReply | null> {
    if (!this.#canFindReplies || !this.#isPossible(sent)) return null;
    const until = performance.now() + Math.min(this.#options.timeoutMs, maxPages * readTimeoutMs);
    const timeLeft = (): number => until - performance.now();
    const signal = neverAborts();
    const result = await this.#look({ caller, sent, signal, maxPages, timeLeft });
    this.#report(sent, result, null);
    return replyIn(result);
  }

  /** Call this for each success: some are read back, to prove that sent parts can be read. */
  confirm(caller: AnyCaller, sent: SentReference): void {
    if (this.#isConfirming || !this.#isPossible(sent)) return;
    const isDue = this.#canFindReplies
      ? ++this.#successes % confirmEvery === 0
      : performance.now() >= this.#confirmAt;
    // While look-ups are off, each success would count as skipped.
    if (isDue && !this.#limits.areOff(caller)) void this.#confirm(caller, sent);
  }

  /** Ends all searches. */
  stop(): void {
    this.#stopped.abort();
    for (const end of this.#pauses) end();
  }

  #isPossible(sent: SentReference): boolean {
    return this.#options.timeoutMs > 0 && isFindable(sent);
  }

  async #confirm(caller: AnyCaller, sent: SentReference): Promise<void> {
    const { signal } = this.#stopped;
    this.#isConfirming = true;
    const result = await this.#search({ caller, sent, signal, deadline: null }).catch(
      () => 'failed' as const,
    );
    this.#isConfirming = false;
    if (result === 'skipped') return;
    this.#confirmAt = performance.now() + unprovenPauseMs;
    if (replyIn(result)) this.#canFindReplies = true;
    // One caller whose account may not read says nothing about the others.
    if (this.#canFindReplies || this.#hasWarned || signal.aborted || result === 'refused') return;
    this.#hasWarned = true;
    const fact = result === 'notFound' ? 'was not found in its conversation' : 'could not be looked up';
    this.#options.warn(
      `A reply that Dashly confirmed ${fact}: until one is found, unknown outcomes are not looked up.`,
    );
  }

  /** Resolves to the reply or to the result of the last look; `skipped` if there was none. */
  async #search({
    caller,
    sent,
    signal,
    deadline,
  }: RecoverOptions<AnyCaller>): Promise<FoundReply | LookUpResult> {
    const { timeoutMs } = this.#options;
    const endedAt = performance.now();
    const timeLeft = (): number =>
      Math.min(endedAt + timeoutMs - performance.now(), deadline?.remaining ?? Number.POSITIVE_INFINITY);
    const times = lookTimesMs
      .map((time) => time * (1 + jitter * (2 * Math.random() - 1)))
      .filter((time) => time < timeoutMs);
    let result: FoundReply | LookUpResult = 'skipped';
    for (const [index, time] of times.entries()) {
      // The client does not wait for look-ups that are off.
      if (this.#limits.areOff(caller)) {
        this.#report(sent, 'skipped', null);
        break;
      }
      await this.#pause(endedAt + time - performance.now(), signal);
      if (signal.aborted || this.#stopped.signal.aborted || timeLeft() <= 0) break;
      const pages = index === times.length - 1 ? maxPages : 1;
      const looked = await this.#look({ caller, sent, signal, maxPages: pages, timeLeft });
      this.#report(sent, looked, (performance.now() - endedAt) / 1000);
      if (looked !== 'skipped') result = looked;
      if (replyIn(looked) || looked === 'refused') break;
    }
    return result;
  }

  /** Ends early if the signal aborts or all searches end. */
  #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted || this.#stopped.signal.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.#pauses.delete(end);
        resolve();
      };
      const timer = setTimeout(end, Math.max(0, milliseconds));
      signal.addEventListener('abort', end);
      this.#pauses.add(end);
    });
  }

  /** Reads the newest pages. */
  async #look(look: Look<AnyCaller>): Promise<FoundReply | LookUpResult> {
    const { caller, signal } = look;
    if (!this.#limits.begin(caller)) return 'skipped';
    let result: FoundReply | LookUpResult = 'failed';
    try {
      result = await this.#readPages(look);
    } catch (error) {
      if (!(error instanceof RequestAborted && signal.aborted)) throw error;
      // The client has disconnected; Dashly did not fail.
      result = 'skipped';
    } finally {
      this.#limits.end(caller, typeof result === 'string' ? result : 'found');
    }
    return result;
  }

  async #readPages({
    caller,
    sent,
    signal,
    maxPages: pages,
    timeLeft,
  }: Look<AnyCaller>): Promise<FoundReply | 'notFound' | 'failed' | 'refused'> {
    const search = new ReplySearch(sent);
    let position: string | null = null;
    for (let page = 0; page < pages && !search.isComplete && !search.found; page++) {
      if (page > 0 && timeLeft() <= 0) break;
      const read: PartsPage | ReadFailure = await this.#options.readParts({
        caller,
        conversationId: sent.draft.conversationId,
        position,
        direction: 'before',
        count: maxPartsPerPage,
        // A later call with the key may select any of them.
        optionalFields: everyOptionalField,
        signal,
        timeoutMs: Math.min(readTimeoutMs, timeLeft()),
      });
      if (read.kind === 'failure') return isRefused(read) ? 'refused' : 'failed';
      search.add(read);
      position = read.nextBefore;
    }
    return search.found ?? 'notFound';
  }

  #report(sent: SentReference, result: FoundReply | LookUpResult, lagSeconds: number | null): void {
    const { observe, warn } = this.#options;
    const { draft, randomIds } = sent;
    if (typeof result === 'string') {
      observe(result, null);
      return;
    }
    observe(result.isDuplicated ? 'foundTwice' : 'found', lagSeconds);
    if (result.isDuplicated) {
      warn(
        `Conversation ${draft.conversationId} has the reply with the random id ${randomIds.reply} more than once.`,
      );
    }
  }
}

function replyIn(result: FoundReply | LookUpResult): FoundReply | null {
  return typeof result === 'string' ? null : result;
}

function isRefused({ code }: ReadFailure): boolean {
  return code === 'NOT_AUTHENTICATED' || code === 'PERMISSION_DENIED';
}
