/** A part: one entry in a conversation, as Dashly returns it after a reply or when the conversation is read. */

import type { JsonObject } from './exact-json.ts';

export const partTypes = [
  'REPLY_USER',
  'REPLY_ADMIN',
  'AUTO_REPLY',
  'NOTE',
  'TAG_ADDED',
  'TAG_DELETED',
  'ASSIGNED',
  'CLOSED',
  'FINAL_CLOSED',
  'DELAYED',
  'CHANNEL_CHANGED',
  'VOTE',
  'ARTICLE',
  'CHAT_BOT_ADMIN',
  'CHAT_BOT_USER',
  'SERVICE',
  'UNKNOWN',
] as const;
export type PartType = (typeof partTypes)[number];

export const partDirections = ['ADMIN_TO_USER', 'USER_TO_ADMIN', 'UNKNOWN'] as const;
export type PartDirection = (typeof partDirections)[number];

export const sentVias = [
  'WEB_USER',
  'EMAIL_USER',
  'WEB_PANEL',
  'EMAIL_ADMIN',
  'APP_ANDROID',
  'APP_IOS',
  'APP_CHROME',
  'APP_DESKTOP',
  'MESSAGE_AUTO',
  'MESSAGE_MANUAL',
  'MESSAGE_CHAT_BOT',
  'API',
  'INTEGRATIONS',
  'SYSTEM',
  'AUTO_REPLY',
  'UNKNOWN',
] as const;
export type SentVia = (typeof sentVias)[number];

export const expectedReplyTypes = ['TEXT', 'EMAIL', 'PHONE', 'PUSH', 'BUTTON', 'NO', 'UNKNOWN'] as const;
export type ExpectedReplyType = (typeof expectedReplyTypes)[number];

export const adminTypes = ['ADMIN', 'BOT', 'UNKNOWN'] as const;
export type AdminType = (typeof adminTypes)[number];

export interface Admin {
  readonly kind: 'admin';
  readonly id: string;
  readonly name: string;
  readonly avatar: string | null;
  readonly type: AdminType;
}

/** A sender without an id, such as the default admin of the site. */
export interface DefaultAdmin {
  readonly kind: 'defaultAdmin';
  readonly name: string;
  readonly avatar: string | null;
}

export interface User {
  readonly kind: 'user';
  readonly id: string;
}

export type PartSender = Admin | DefaultAdmin | User;

export interface Attachment {
  readonly id: string;
  readonly filename: string;
  readonly mimeType: string;
  /** In bytes. */
  readonly size: number;
  readonly url: string;
  /** In seconds since the epoch, with a fraction if Dashly sends one. */
  readonly createdAt: number;
}

export interface QuickReply {
  readonly kind: 'quickReply';
  readonly body: string;
  readonly metaData: JsonObject | null;
}

/** An action of an unknown kind, unchanged. */
export interface OtherAction {
  readonly kind: 'otherAction';
  readonly type: string;
  readonly data: JsonObject;
}

export type PartAction = QuickReply | OtherAction;

/** The fields of every part; times are in seconds since the epoch, with a fraction if Dashly sends one. */
export interface Part {
  readonly id: string;
  readonly conversation: { readonly id: string };
  readonly partGroup: string | null;
  readonly type: PartType;
  readonly direction: PartDirection | null;
  readonly sentVia: SentVia | null;
  readonly from: PartSender | null;
  readonly body: string;
  readonly bodyJson: JsonObject;
  readonly metaData: JsonObject;
  readonly replyType: ExpectedReplyType | null;
  readonly actions: readonly PartAction[] | null;
  readonly externalId: string | null;
  readonly randomId: number | null;
  readonly createdAt: number;
  readonly editedAt: number | null;
  readonly removedAt: number | null;
}

/** Any part that is not an assignment, such as a reply. */
export interface ConversationPart extends Part {
  readonly kind: 'conversationPart';
  readonly attachments: readonly Attachment[];
  readonly read: boolean | null;
  readonly first: boolean | null;
  readonly inboundEmail: string | null;
}

/** The system message about the assignment of an admin. */
export interface AssignPart extends Part {
  readonly kind: 'assignPart';
  readonly assignee: Admin | null;
}

/** Fields of a part that Dashly sends only on request. `randomId` is always requested. */
export const optionalPartFields = ['read', 'first', 'inboundEmail'] as const;
export type OptionalPartField = (typeof optionalPartFields)[number];

export const everyOptionalField: ReadonlySet<OptionalPartField> = new Set(optionalPartFields);
