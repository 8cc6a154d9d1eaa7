/** The report of an operation: the endpoint fills it in, and the log, the metrics and the traces are made from it. */

import { hash } from 'node:crypto';
import { deliveryOf, type ReplyOutcome } from '../conversation/reply-outcome.ts';
import type { ReplyReport, ReplyTrace } from '../conversation/sending/reply-command.ts';

export interface ReportedReply extends ReplyReport {
  /** `__typename` of the result, without `TYPE_PREFIX`. */
  readonly typeName: string;
}

/** Why a request was refused before its execution, and who sent it. */
export interface RefusalReport {
  /** A sentence without secrets: the client gets the same. */
  readonly reason: string;
  /** Identifies the caller, and is not a secret; null if unknown. */
  readonly callerId: string | null;
  readonly clientAddress: string;
  /** The header `Origin`, which browsers send; null if there is none. */
  readonly origin: string | null;
}

export interface OperationReport {
  readonly requestId: string;
  /** From the document; null if the operation has no name, or if no operation was found. */
  readonly operationName: string | null;
  /** In the order of their execution. */
  readonly replies: readonly ReportedReply[];
  /** Null if the operation was executed, or if its request is invalid (400). */
  readonly refusal: RefusalReport | null;
  /** Of the HTTP response; null if the client disconnected before it. */
  readonly status: number | null;
  /** In milliseconds since the epoch, with a fraction. */
  readonly startedAt: number;
  readonly milliseconds: number;
  /** Size of the uploaded files. */
  readonly uploadBytes: number;
  /** The client's W3C trace context; null if it sent none. */
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

/** Whether the part was found in the conversation after its response was lost. */
export function isRecovered(outcome: ReplyOutcome): boolean {
  return outcome.kind === 'sent' && outcome.recovered;
}

/** Enough to distinguish the keys in a log. */
const keyHashLength = 16;

/** The start of the SHA-256 of the `idempotencyKey`, in hex; null without a key. */
export function keyHashOf({ idempotencyKey }: ReplyTrace): string | null {
  return idempotencyKey === null ? null : hash('sha256', idempotencyKey).slice(0, keyHashLength);
}

/** Whether an operation failed for a reason other than its client: a 5xx, or a reply whose delivery is unknown. */
export function isFailed({ status, replies }: OperationReport): boolean {
  if (status !== null && status >= 500) return true;
  return replies.some(({ outcome }) => deliveryOf(outcome) === 'UNKNOWN');
}

/** For texts of clients, in characters. */
const maxLength = 100;

/** The operation's name, cut to 100 characters. */
export function shortNameOf({ operationName }: OperationReport): string | null {
  return operationName === null ? null : operationName.slice(0, maxLength);
}

/** The conversation's id, cut to 100 characters. */
export function shortIdOf({ conversationId }: Pick<ReplyTrace, 'conversationId'>): string {
  return conversationId.slice(0, maxLength);
}
