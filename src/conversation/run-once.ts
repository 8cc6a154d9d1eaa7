/** The promise that a reply with a key of its caller's is sent once, as the subject sees it. */

import type { OutgoingFile } from './attachment.ts';
import type { ReplyDraft } from './reply.ts';
import type { ReplyOutcome } from './reply-outcome.ts';

export interface KeyedReply {
  /** The caller's: the same key of two callers is two keys. */
  readonly callerId: string;
  /** 1 to 255 characters. */
  readonly key: string;
  readonly draft: ReplyDraft;
  readonly attachment: OutgoingFile | null;
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
  /** Whether there was a first call cannot be found out; this one did not run. */
  | { readonly kind: 'storeUnreachable' };

/**
 * Calls `run` unless the key has been used; while another call with the key runs, waits for what becomes of it. `run` may
 * reject with CallerGone, which frees the key and rejects; no other rejection is for the caller to see.
 */
export type RunOnce = (reply: KeyedReply, run: () => Promise<ReplyOutcome>) => Promise<OnceResult>;

/** Whether an outcome stands for the key from then on. One that is surely not delivered frees the key for another try. */
export function isFinal(outcome: ReplyOutcome): boolean {
  return outcome.kind === 'sent' || outcome.delivery !== 'NOT_DELIVERED';
}
