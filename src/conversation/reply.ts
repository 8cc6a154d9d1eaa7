/** What a reply to a conversation is before it is sent. */

import type { ArrivingFile } from './attachment.ts';
import type { JsonObject } from './exact-json.ts';

/** Who a reply is from: one admin, one user, or the default of either kind. */
export type ReplySender =
  | { readonly kind: 'admin'; readonly id: string }
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'defaultAdmin' }
  | { readonly kind: 'defaultUser' };

/** A message to the user, a note that only admins see, or an article of the knowledge base. */
export const replyTypes = ['REPLY_ADMIN', 'NOTE', 'ARTICLE'] as const;
export type ReplyType = (typeof replyTypes)[number];

/** A button under the reply; pressing it sends `body` as the user's answer, with `metaData` on it. */
export interface QuickReplyDraft {
  readonly body: string;
  readonly metaData: JsonObject | null;
}

/** A file to send along, under the name that the caller chose or else under its own. */
export interface AttachmentDraft {
  readonly file: ArrivingFile;
  readonly fileName: string | null;
}

/** The admin who is made responsible for the conversation by the same call. */
export interface AssignmentDraft {
  readonly adminId: string;
  readonly randomId: number | null;
}

/** A reply that keeps every rule the gateway knows. Null is what the caller left out; an empty string is a string. */
export interface ReplyDraft {
  readonly conversationId: string;
  readonly from: ReplySender | null;
  readonly type: ReplyType | null;
  readonly body: string | null;
  readonly bodyJson: JsonObject | null;
  readonly attachment: AttachmentDraft | null;
  readonly actions: readonly QuickReplyDraft[] | null;
  readonly autoAssign: AssignmentDraft | null;
  readonly externalId: string | null;
  readonly randomId: number | null;
  readonly referrer: string | null;
}
