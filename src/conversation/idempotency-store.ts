/** The promise that a reply with a key of its caller's is sent once, as the subject sees it. */

import type { OutgoingFile } from './attachment.ts';
import type { Deadline } from './deadline.ts';
import type { ReplyDraft } from './reply.ts';
import type { ReplyFailure, ReplyOutcome } from './reply-outcome.ts';
import type { Presence } from './request-aborted.ts';

export interface KeyedReply {
  /** The caller's: the same key of two callers is two keys. */
  readonly callerId: string;
  /** 1 to 255 characters. */
  readonly key: string;
  readonly draft: ReplyDraft;
  readonly attachment: OutgoingFile | null;
  /** Why the reply may not be sent, if so; it is another input than any that may. */
  readonly refusal: ReplyFailure | null;
  /** A caller that has gone away does not wait for the first call. */
  readonly presence: Presence;
}

export type OnceResult =
  /** This call is the first with its key, and ran. */
  | { readonly kind: 'ran'; readonly outcome: ReplyOutcome }
  /** What became of the call that was first. */
  | { readonly kind: 'replayed'; readonly outcome: ReplyOutcome }
  /** The call that was first had another input. */
  | { readonly kind: 'conflict' }
  /** What became of the call that was first cannot be told: it crashed, or its answer is not kept any more. */
  | { readonly kind: 'lost'; readonly delivery: 'UNKNOWN' | 'DELIVERED' }
  /** This call ran and created nothing, but ended so late that another one may have used the key meanwhile. */
  | { readonly kind: 'late' }
  /** Whether there was a first call cannot be found out; this one did not run. */
  | { readonly kind: 'storeUnreachable' };

/** `claim` is when the key may be another call's; null for never. */
export type Run = (claim: Deadline | null) => Promise<ReplyOutcome>;

/**
 * Calls `run` unless the key has been used; while another call with the key runs, waits for what becomes of it. Rejects with CallerGone where `run`
 * does, which frees the key, or where the caller goes away while it waits.
 */
export type RunOnce = (reply: KeyedReply, run: Run) => Promise<OnceResult>;

/** Whether an outcome stands for the key from then on. One that is surely not delivered frees the key for another try. */
export function isFinal(outcome: ReplyOutcome): boolean {
  return outcome.kind === 'sent' || outcome.delivery !== 'NOT_DELIVERED';
}
