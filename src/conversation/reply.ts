/** A reply to a conversation before it is sent. */

import type { FileArrival } from './attachment.ts';
import type { JsonObject } from './exact-json.ts';

/** The sender: an admin, a user, or the default of either kind. */
export type ReplySender =
  | { readonly kind: 'admin'; readonly id: string }
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'defaultAdmin' }
  | { readonly kind: 'defaultUser' };

/** A message to the user, a note that only admins see, or an article of the knowledge base. */
export const replyTypes = ['REPLY_ADMIN', 'NOTE', 'ARTICLE'] as const;
export type ReplyType = (typeof replyTypes)[number];

/** A button under the reply; pressing it sends `body` as the user's answer, with `metaData` attached. */
export interface QuickReplyDraft {
  readonly kind: 'quickReply';
  readonly body: string;
  readonly metaData: JsonObject | null;
}

/** Something that the user can do with the reply. A new kind fails to compile until it is parsed, permitted and encoded. */
export type ReplyAction = QuickReplyDraft;

/** A file to attach; without a `fileName`, it keeps its own name. */
export interface AttachmentDraft {
  /** Rejects if the request is broken, so that the file is incomplete. */
  readonly file: Promise<FileArrival>;
  readonly fileName: string | null;
}

/** The admin to assign the conversation to with the same call. */
export interface AssignmentDraft {
  readonly adminId: string;
  readonly randomId: number | null;
}

/** A reply that a caller requests, valid or not. Null is what the caller left out; an empty string is a value. */
export interface ReplyDraft {
  readonly conversationId: string;
  readonly from: ReplySender | null;
  readonly type: ReplyType | null;
  readonly body: string | null;
  readonly bodyJson: JsonObject | null;
  readonly attachment: AttachmentDraft | null;
  readonly actions: readonly ReplyAction[] | null;
  readonly autoAssign: AssignmentDraft | null;
  readonly externalId: string | null;
  readonly randomId: number | null;
  readonly referrer: string | null;
}

const maxId = 2n ** 64n - 1n;

/** The form of the id of a conversation, an admin or a user. */
export const idForm = `an integer between 1 and ${maxId}, in plain digits without leading zeros`;

/** Whether a text has the form `idForm`. */
export function isId(text: string): boolean {
  return /^[1-9]\d{0,19}$/.test(text) && (text.length < 20 || BigInt(text) <= maxId);
}
