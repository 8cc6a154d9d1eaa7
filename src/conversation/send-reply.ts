/** The one thing that the subject needs from upstream: send a draft, and learn what became of it. */

import type { OutgoingFile } from './attachment.ts';
import type { OptionalPartField } from './part.ts';
import type { ReplyDraft } from './reply.ts';
import type { ReplyOutcome } from './reply-outcome.ts';

export interface SendReplyRequest {
  readonly draft: ReplyDraft;
  /** The draft's attachment, here to its last byte. */
  readonly attachment: OutgoingFile | null;
  /** The value of the `Authorization` header to call Dashly with: `Token …` or `Bearer …`. */
  readonly authorization: string;
  /** Which optional fields the answer has to carry. */
  readonly optionalFields: ReadonlySet<OptionalPartField>;
}

/** Sends the draft at most once. Never rejects: whatever happens is an outcome. */
export type SendReply = (request: SendReplyRequest) => Promise<ReplyOutcome>;
