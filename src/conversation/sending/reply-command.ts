/** The command to send a reply, and the report of its outcome. */

import type { OptionalPartField } from '../part.ts';
import type { ReplyDraft } from '../reply.ts';
import type { Delivery, GatewayUnavailable, ReplyIssue, ReplyOutcome } from '../reply-outcome.ts';
import type { UpstreamCall } from './send-reply.ts';

export interface ReplyCommand {
  readonly draft: ReplyDraft;
  /** The errors in the draft; it is sent only if there are none. */
  readonly issues: readonly ReplyIssue[];
  /** A second command of the caller with the same key sends nothing; null for none. */
  readonly idempotencyKey: string | null;
  /** The optional fields of a part that the response must contain. */
  readonly optionalFields: ReadonlySet<OptionalPartField>;
  /** Resolves when the whole request is received; rejects if it is broken. Null if it already is. */
  readonly wholeRequest: Promise<void> | null;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
  /** Called right before the first byte of the reply is written. */
  readonly onWrite: () => void;
  readonly failInternally: FailInternally;
}

/** Logs an unexpected error, and returns the failure for it. */
export type FailInternally = (error: unknown, delivery: Exclude<Delivery, 'DELIVERED'>) => GatewayUnavailable;

/** What an operator can find a reply by. */
export interface ReplyTrace {
  readonly conversationId: string;
  /** The number that the part of the reply has in the conversation; null if this call sent none and the number is unknown. */
  readonly randomId: number | null;
  readonly idempotencyKey: string | null;
}

/** The outcome of a reply, with what logs, metrics and traces need. */
export interface ReplyReport {
  readonly outcome: ReplyOutcome;
  readonly trace: ReplyTrace;
  /** Whether this is the outcome of an earlier call with the same key. */
  readonly isReplay: boolean;
  /** Null if this call sent nothing. */
  readonly upstreamCall: UpstreamCall | null;
}

/** For a call that sent nothing. */
export function reportOf(command: ReplyCommand, outcome: ReplyOutcome): ReplyReport {
  return { outcome, trace: traceOf(command, null), isReplay: false, upstreamCall: null };
}

/** `randomId` is the number of the part in the conversation; null if it is unknown. */
export function traceOf({ draft, idempotencyKey }: ReplyCommand, randomId: number | null): ReplyTrace {
  return { conversationId: draft.conversationId, randomId, idempotencyKey };
}
