/** The one thing that the subject needs from upstream: send a draft, and learn what became of it. */

import type { OutgoingFile } from './attachment.ts';
import type { Deadline } from './deadline.ts';
import type { OptionalPartField } from './part.ts';
import type { ReplyDraft } from './reply.ts';
import type { ReplyOutcome } from './reply-outcome.ts';
import type { Presence } from './request-aborted.ts';

export interface SendReplyRequest {
  readonly draft: ReplyDraft;
  /** The draft's attachment, here to its last byte. */
  readonly attachment: OutgoingFile | null;
  /** The value of the `Authorization` header to call Dashly with: `Token …` or `Bearer …`. */
  readonly authorization: string;
  /** Which optional fields the answer has to carry. */
  readonly optionalFields: ReadonlySet<OptionalPartField>;
  /** Where the caller goes away before anything was sent, nothing is. */
  readonly presence: Presence;
  /** The call must be over by then, and nothing is written after it; null for no limit but the usual one. */
  readonly deadline: Deadline | null;
  /** Called right before the first byte of the reply is written. */
  readonly onWrite: () => void;
}

/** The call that was made to Dashly, for those who watch over the gateway. */
export interface UpstreamCall {
  /** The HTTP status; null where none came. */
  readonly status: number | null;
  /** The name of what broke the connection, such as `ECONNREFUSED`; null where nothing did. */
  readonly error: string | null;
  /** The moment at which a connection was free, in milliseconds since the epoch, with a fraction. */
  readonly startedAt: number;
  /** From then to the end of the answer. */
  readonly milliseconds: number;
}

export interface SendReplyResult {
  readonly outcome: ReplyOutcome;
  /** Null where no call was made. */
  readonly upstreamCall: UpstreamCall | null;
}

/** Sends the draft at most once. Rejects with CallerGone; any other rejection is a defect. */
export type SendReply = (request: SendReplyRequest) => Promise<SendReplyResult>;
