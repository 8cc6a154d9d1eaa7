/** The port to Dashly: sends one reply, and returns its outcome. */

import type { OutgoingFile } from '../attachment.ts';
import type { Caller } from '../callers/caller.ts';
import type { Deadline } from '../deadline.ts';
import type { OptionalPartField } from '../part.ts';
import type { ReplyDraft } from '../reply.ts';
import type { ReplyOutcome } from '../reply-outcome.ts';
import type { RandomIds } from './random-ids.ts';

export interface SendReplyRequest<AnyCaller extends Caller> {
  /** Dashly is called on its behalf. */
  readonly caller: AnyCaller;
  readonly draft: ReplyDraft;
  /** Sent in place of those of the draft. */
  readonly randomIds: RandomIds;
  /** The attachment of the draft, received completely. */
  readonly attachment: OutgoingFile | null;
  /** The optional fields that the response must contain. */
  readonly optionalFields: ReadonlySet<OptionalPartField>;
  /** Aborts the call as long as nothing was written. */
  readonly signal: AbortSignal;
  /** The call must end by then, and nothing is written after it; null for the usual time limit. */
  readonly deadline: Deadline | null;
  /** Called right before the first byte of the reply is written. */
  readonly onWrite: () => void;
}

/**
 * Whether a success answers this request: it has the random id that was sent, or it has none and nothing contradicts it, or it belongs to
 * another request.
 */
export type AnswerMatch = 'ECHOED' | 'NOT_ECHOED' | 'STRAY';

/** The call to Dashly, for logs, metrics and traces. */
export interface UpstreamCall {
  /** The HTTP status; null if there was no response. */
  readonly status: number | null;
  /** The code of the connection's error, such as `ECONNREFUSED`; null for none. */
  readonly error: string | null;
  /** When a connection was available, in milliseconds since the epoch, with a fraction. */
  readonly startedAt: number;
  /** From then to the end of the response. */
  readonly milliseconds: number;
  /** Null if there was no response, or if it does not report success. */
  readonly match: AnswerMatch | null;
}

export interface SendReplyResult {
  readonly outcome: ReplyOutcome;
  /** Null if Dashly was not called. */
  readonly upstreamCall: UpstreamCall | null;
}

/** Sends the draft at most once. Rejects with `RequestAborted`; any other rejection is a bug. */
export type SendReply<AnyCaller extends Caller> = (
  request: SendReplyRequest<AnyCaller>,
) => Promise<SendReplyResult>;
