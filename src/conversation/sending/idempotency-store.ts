/**
 * Idempotency: a reply with a key is sent once, however often the caller asks for it. This is the port that `reply-to-conversation.ts` uses;
 * `src/store` implements it, in memory and in Redis.
 */

import type { OutgoingFile } from '../attachment.ts';
import type { Deadline } from '../deadline.ts';
import type { ReplyDraft } from '../reply.ts';
import { deliveryOf, type ReplyFailure, type ReplyOutcome, type SentReply } from '../reply-outcome.ts';
import type { RandomIds } from './random-ids.ts';

export interface KeyedReply {
  /** The same key of two callers is two keys. */
  readonly callerId: string;
  /** 1 to 255 characters. */
  readonly key: string;
  readonly draft: ReplyDraft;
  readonly attachment: OutgoingFile | null;
  /** Stored before the reply is sent, so that it can be looked up after a crash. They are no part of the input. */
  readonly randomIds: RandomIds;
  /** Why the reply may not be sent, if so. Such an input differs from every input that may be sent. */
  readonly refusal: ReplyFailure | null;
  /** Ends the wait for the first call. */
  readonly signal: AbortSignal;
}

export type IdempotentResult =
  /** This call is the first with its key, and ran. */
  | { readonly kind: 'ran'; readonly outcome: ReplyOutcome }
  /** The outcome of the first call; if it is unknown, `lookUp` may find it. */
  | { readonly kind: 'replayed'; readonly outcome: ReplyOutcome; readonly lookUp: LookUpPermit | null }
  /** The first call had a different input. */
  | { readonly kind: 'conflict' }
  /** The outcome of the first call is unknown: the call crashed or does not end in time, or its outcome is no longer stored. */
  | {
      readonly kind: 'lost';
      readonly delivery: 'UNKNOWN' | 'DELIVERED';
      readonly lookUp: LookUpPermit | null;
    }
  /** This call ran and created nothing, but ended so late that another call may have used the key meanwhile. */
  | { readonly kind: 'late' }
  /** This call did not run: whether there was an earlier one is unknown. */
  | { readonly kind: 'storeUnreachable' };

/** Permits one call to look up the reply of the first call. All gateways with the same store get one in `lookUpIntervalMs`. */
export interface LookUpPermit {
  /** Those of the first call. */
  readonly randomIds: RandomIds;
  /** The time since the first call began, on the clock of the store. */
  readonly elapsedMs: number;
  /** Replaces the unknown outcome; does nothing if the record has changed meanwhile, or if the store is unreachable. */
  record(found: SentReply): Promise<void>;
}

export const lookUpIntervalMs = 30_000;

/** `claim` is the time until which the key belongs to this call; null for no limit. */
export type Run = (claim: Deadline | null) => Promise<ReplyOutcome>;

export interface IdempotencyStore {
  /**
   * Calls `run` unless the key was used before. While another call with the key runs, waits for its outcome. Rejects with `RequestAborted`
   * if `run` does, which frees the key, or if the signal aborts during the wait.
   */
  runOnce(reply: KeyedReply, run: Run): Promise<IdempotentResult>;
}

/** Whether later calls with the key get this outcome. If the reply is proven not to be delivered, the key is free for another attempt. */
export function isFinal(outcome: ReplyOutcome): boolean {
  return deliveryOf(outcome) !== 'NOT_DELIVERED';
}
