/** The use case: a caller replies to a conversation. */

import { fileNameFrom } from './attachment.ts';
import type { OptionalPartField } from './part.ts';
import type { ReplyDraft } from './reply.ts';
import { attachmentTooBig, type ReplyOutcome } from './reply-outcome.ts';
import type { SendReply } from './send-reply.ts';

export interface ReplyCommand {
  readonly draft: ReplyDraft;
  /** What the caller proves its right to call Dashly with; null where it has nothing that Dashly takes. */
  readonly authorization: string | null;
  /** Which optional fields of a part the caller wants to see. */
  readonly optionalFields: ReadonlySet<OptionalPartField>;
  /** Resolves when everything that the caller sends is here; rejects where it turns out to be broken. */
  readonly wholeRequest: Promise<void> | null;
}

/** Rejects only where the caller's request is broken; then nothing was sent. */
export type ReplyToConversation = (command: ReplyCommand) => Promise<ReplyOutcome>;

/** Sends replies for those callers who have something to show, once all that belongs to their request is here. */
export function createReplyToConversation(sendReply: SendReply): ReplyToConversation {
  return async ({ draft, authorization, optionalFields, wholeRequest }) => {
    if (authorization === null) {
      return {
        kind: 'notAuthenticated',
        message: 'Nothing was sent: the request needs a header "Authorization: Token …" (or "Bearer …").',
        delivery: 'NOT_DELIVERED',
      };
    }
    const arrival = draft.attachment && (await draft.attachment.file.arrival);
    if (arrival?.kind === 'tooBig') {
      return attachmentTooBig('The attachment is too large; nothing was sent.', arrival.maxBytes);
    }
    // A broken request is not to be carried out in part, so a reply waits for the files of the others as well.
    await wholeRequest;
    const attachment = arrival && {
      fileName: draft.attachment?.fileName ?? fileNameFrom(arrival.name),
      content: arrival.content,
    };
    return sendReply({ draft, attachment, authorization, optionalFields });
  };
}
