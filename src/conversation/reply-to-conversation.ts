/** The use case: a caller replies to a conversation. */

import { fileNameFrom } from './attachment.ts';
import type { Caller } from './caller.ts';
import { permitReply } from './caller-rights.ts';
import type { CountReply } from './count-reply.ts';
import type { OptionalPartField } from './part.ts';
import type { ReplyDraft } from './reply.ts';
import { attachmentTooBig, type ReplyOutcome } from './reply-outcome.ts';
import type { SendReply } from './send-reply.ts';

export interface ReplyCommand {
  readonly draft: ReplyDraft;
  /** Null where the caller has nothing to call Dashly with. */
  readonly caller: Caller | null;
  /** Which optional fields of a part the caller wants to see. */
  readonly optionalFields: ReadonlySet<OptionalPartField>;
  /** Resolves when everything that the caller sends is here; rejects where it turns out to be broken. */
  readonly wholeRequest: Promise<void> | null;
}

/** Rejects only where the caller's request is broken; then nothing was sent. */
export type ReplyToConversation = (command: ReplyCommand) => Promise<ReplyOutcome>;

export interface ReplyToConversationPorts {
  readonly sendReply: SendReply;
  readonly countReply: CountReply;
}

/** Sends the replies that their callers may send, once all that belongs to a request is here. */
export function createReplyToConversation({
  sendReply,
  countReply,
}: ReplyToConversationPorts): ReplyToConversation {
  return async ({ draft: asked, caller, optionalFields, wholeRequest }) => {
    if (caller === null) {
      return {
        kind: 'notAuthenticated',
        message: 'Nothing was sent: the request needs a header "Authorization: Token …" (or "Bearer …").',
        delivery: 'NOT_DELIVERED',
      };
    }
    const { draft, refusal } = permitReply(asked, caller.rights);
    if (!draft) {
      const message = `Nothing was sent. ${refusal}`;
      return { kind: 'permissionDenied', message, delivery: 'NOT_DELIVERED' };
    }
    const count = await countReply(caller);
    if (!count.isWithinLimit) {
      const { retryAfterSeconds } = count;
      return {
        kind: 'tooManyRequests',
        message: `Nothing was sent: this caller has sent too many replies; send it again in ${retryAfterSeconds} seconds.`,
        delivery: 'NOT_DELIVERED',
        retryAfterSeconds,
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
    return sendReply({ draft, attachment, authorization: caller.authorization, optionalFields });
  };
}
