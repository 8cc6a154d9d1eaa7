/** The use case: a caller replies to a conversation. */

import type { OptionalPartField } from './part.ts';
import type { ReplyDraft } from './reply.ts';
import type { ReplyOutcome } from './reply-outcome.ts';
import type { SendReply } from './send-reply.ts';

export interface ReplyCommand {
  readonly draft: ReplyDraft;
  /** What the caller proves its right to call Dashly with; null where it has nothing that Dashly takes. */
  readonly authorization: string | null;
  /** Which optional fields of a part the caller wants to see. */
  readonly optionalFields: ReadonlySet<OptionalPartField>;
}

export type ReplyToConversation = (command: ReplyCommand) => Promise<ReplyOutcome> | ReplyOutcome;

/** Sends replies for those callers who have something to show, and for nobody else. */
export function createReplyToConversation(sendReply: SendReply): ReplyToConversation {
  return ({ draft, authorization, optionalFields }) =>
    authorization === null
      ? {
          kind: 'notAuthenticated',
          message: 'Nothing was sent: the request needs a header "Authorization: Token …" (or "Bearer …").',
          delivery: 'NOT_DELIVERED',
        }
      : sendReply({ draft, authorization, optionalFields });
}
