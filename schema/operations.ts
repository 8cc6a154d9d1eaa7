/** Typed documents of the operations beside this file: generated from them by "npm run codegen". */

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** A sender that Dashly picks. */
export type DefaultSender =
  /** The site's default admin. REST: `from_admin=default_admin`. */
  | 'ADMIN'
  /** The default user, to speak as a visitor of the site. REST: `from_user=default_user`. */
  | 'USER';

/** What kind of message a reply is. */
export type ReplyType =
  /** A regular reply, which the user reads. REST: `type=reply_admin`. */
  | 'REPLY_ADMIN'
  /** A note that only admins see. REST: `type=note`. */
  | 'NOTE'
  /** An article of the knowledge base. REST: `type=article`. */
  | 'ARTICLE';

/** What kind of entry in the conversation a part is. */
export type PartType =
  /** The user's message. */
  | 'REPLY_USER'
  /** An admin's message to the user. */
  | 'REPLY_ADMIN'
  /** An automatic answer. */
  | 'AUTO_REPLY'
  /** A note that only admins see. */
  | 'NOTE'
  /** A tag was put on the conversation. */
  | 'TAG_ADDED'
  /** A tag was taken off the conversation. */
  | 'TAG_DELETED'
  /** Somebody was assigned, or the assignment was taken back. */
  | 'ASSIGNED'
  /** The conversation was closed. */
  | 'CLOSED'
  /** The conversation was closed for good. */
  | 'FINAL_CLOSED'
  /** The conversation was put off. */
  | 'DELAYED'
  /** The conversation moved to another channel. */
  | 'CHANNEL_CHANGED'
  /** The user's rating. */
  | 'VOTE'
  /** An article of the knowledge base. */
  | 'ARTICLE'
  /** A chat bot's message. */
  | 'CHAT_BOT_ADMIN'
  /** The user's answer to a chat bot. */
  | 'CHAT_BOT_USER'
  /** A service message. */
  | 'SERVICE'
  /** A value that this schema does not know yet. */
  | 'UNKNOWN';

/** Whether the reply exists although an error is reported: what to know before sending it again. Each value is said only with proof. */
export type Delivery =
  /** The reply does not exist: nothing of the request was sent, or Dashly refused it. It is safe to send it again. */
  | 'NOT_DELIVERED'
  /** The reply may exist. Look into the conversation before sending it again; asking again with the same `idempotencyKey` is safe. */
  | 'UNKNOWN'
  /** The reply exists: Dashly confirmed it. Do not send it again. */
  | 'DELIVERED';

/** Who a reply is from: exactly one of the three. */
export type ReplySenderInput =
  {   /** The admin with this id. A whole number from 1 to 18446744073709551615, in plain digits without leading zeros. REST: `from_admin`. */
  readonly adminId: string; readonly userId?: never; readonly default?: never; }
  |  { readonly adminId?: never;   /** The user with this id, as a visitor of the site. A whole number from 1 to 18446744073709551615, in plain digits without leading zeros. REST: `from_user`. */
  readonly userId: string; readonly default?: never; }
  |  { readonly adminId?: never; readonly userId?: never;   /** The default sender of either kind. */
  readonly default: DefaultSender; };

/** A file to send along. */
export type ReplyAttachmentInput = {
  /** The file itself. REST: `attachment`. */
  readonly file: File | Blob;
  /** The name that the receiver sees, 1 to 255 characters. Left out: the uploaded file's own name. REST: `attachment_file_name`. */
  readonly fileName?: string | null | undefined;
};

/** A button under the reply; pressing it sends its text as the answer. */
export type QuickReplyInput = {
  /** The text on the button, 1 to 300 characters. Short ones look best. */
  readonly body: string;
  /** Put on the answer that the button sends, so that a program can tell which one was pressed. */
  readonly metaData?: Record<string, unknown> | null | undefined;
};

/** Something that the user can do with the reply: exactly one kind. Dashly takes quick replies only. */
export type ReplyActionInput =
  {   /** A button. REST: `{"type": "quick_reply", …}`. */
  readonly quickReply: QuickReplyInput; };

/** Assigns the conversation to an admin together with the reply; this adds a part of its own. */
export type AutoAssignInput = {
  /** The admin to assign. A whole number from 1 to 18446744073709551615, in plain digits without leading zeros. REST: `auto_assign`. */
  readonly adminId: string;
  /** A random number of the caller's choice that comes back on the assignment's part, to recognise it in Dashly's realtime services. REST: `auto_assign_random_id`. */
  readonly randomId?: number | null | undefined;
};

/** One reply. Whatever is left out or null is not sent, so that Dashly decides; an empty string is sent. */
export type ReplyToConversationInput = {
  /** The conversation to reply in. A whole number from 1 to 18446744073709551615, in plain digits without leading zeros. REST: `{id}` of the path. */
  readonly conversationId: string;
  /** Who the reply is from. Left out: Dashly decides, or the caller's own identity where it is known. REST: `from_admin` or `from_user`. */
  readonly from?: ReplySenderInput | null | undefined;
  /** What kind of message it is. Left out: `REPLY_ADMIN`. Dashly ignores it for a reply from a user. REST: `type`. */
  readonly type?: ReplyType | null | undefined;
  /** The text. It may be empty or left out where an attachment says it all; Dashly refuses a reply without any content. REST: `body`. */
  readonly body?: string | null | undefined;
  /** Further content, of a shape that depends on the type of the message. REST: `body_json`. */
  readonly bodyJson?: Record<string, unknown> | null | undefined;
  /** A file to send along. */
  readonly attachment?: ReplyAttachmentInput | null | undefined;
  /** What the user can do with the reply, in the order in which it is shown. REST: `actions`. */
  readonly actions?: ReadonlyArray<ReplyActionInput> | null | undefined;
  /** Assigns the conversation by the same call. */
  readonly autoAssign?: AutoAssignInput | null | undefined;
  /** The caller's own id for this message, up to 2048 characters. REST: `external_id`. */
  readonly externalId?: string | null | undefined;
  /** A random number of the caller's choice that comes back on the part, to recognise it in Dashly's realtime services. It does not prevent duplicates. REST: `random_id`. */
  readonly randomId?: number | null | undefined;
  /** URL of the page that the message was sent from, up to 2048 characters. REST: `referrer`. */
  readonly referrer?: string | null | undefined;
  /** The caller's own key for this reply, 1 to 255 characters, such as a UUID. A second call with the same key sends nothing: it gets the first one's answer. Dashly knows no such key; the gateway keeps it. */
  readonly idempotencyKey?: string | null | undefined;
};

export type SendAttachmentMutationVariables = Exact<{
  conversationId: string;
  adminId: string;
  file: File | Blob;
  fileName?: string | null | undefined;
  body?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
}>;


export type SendAttachmentMutation = { readonly replyToConversation:
    | { readonly __typename: 'ReplyToConversationPayload', readonly part: { readonly id: string, readonly type: PartType, readonly body: string, readonly createdAt: string, readonly attachments: ReadonlyArray<{ readonly id: string, readonly filename: string, readonly mimeType: string, readonly size: number, readonly url: string }> } }
    | { readonly __typename: 'ReplyTooBigError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'InvalidReplyError', readonly message: string, readonly delivery: Delivery, readonly issues: ReadonlyArray<{ readonly path: ReadonlyArray<string>, readonly message: string }> }
    | { readonly __typename: 'ReplyTargetNotFoundError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'NotAuthenticatedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'PermissionDeniedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'TooManyRequestsError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'AttachmentTooBigError', readonly message: string, readonly delivery: Delivery, readonly maxBytes: number }
    | { readonly __typename: 'DashlyRejectedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'DashlyUnavailableError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'IdempotencyConflictError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'GatewayUnavailableError', readonly message: string, readonly delivery: Delivery }
   };

export type LeaveNoteMutationVariables = Exact<{
  conversationId: string;
  adminId: string;
  body: string;
  idempotencyKey?: string | null | undefined;
}>;


export type LeaveNoteMutation = { readonly replyToConversation:
    | { readonly __typename: 'ReplyToConversationPayload', readonly part: { readonly id: string, readonly type: PartType, readonly body: string, readonly createdAt: string } }
    | { readonly __typename: 'ReplyTooBigError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'InvalidReplyError', readonly message: string, readonly delivery: Delivery, readonly issues: ReadonlyArray<{ readonly path: ReadonlyArray<string>, readonly message: string }> }
    | { readonly __typename: 'ReplyTargetNotFoundError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'NotAuthenticatedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'PermissionDeniedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'TooManyRequestsError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'AttachmentTooBigError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'DashlyRejectedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'DashlyUnavailableError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'IdempotencyConflictError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'GatewayUnavailableError', readonly message: string, readonly delivery: Delivery }
   };

export type AskWithQuickRepliesMutationVariables = Exact<{
  conversationId: string;
  adminId: string;
  body: string;
  actions: ReadonlyArray<ReplyActionInput> | ReplyActionInput;
  idempotencyKey?: string | null | undefined;
}>;


export type AskWithQuickRepliesMutation = { readonly replyToConversation:
    | { readonly __typename: 'ReplyToConversationPayload', readonly part: { readonly id: string, readonly type: PartType, readonly body: string, readonly createdAt: string, readonly actions: ReadonlyArray<
          | { readonly __typename: 'QuickReply', readonly body: string, readonly metaData: Record<string, unknown> | null }
          | { readonly __typename: 'OtherAction' }
        > | null } }
    | { readonly __typename: 'ReplyTooBigError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'InvalidReplyError', readonly message: string, readonly delivery: Delivery, readonly issues: ReadonlyArray<{ readonly path: ReadonlyArray<string>, readonly message: string }> }
    | { readonly __typename: 'ReplyTargetNotFoundError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'NotAuthenticatedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'PermissionDeniedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'TooManyRequestsError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'AttachmentTooBigError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'DashlyRejectedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'DashlyUnavailableError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'IdempotencyConflictError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'GatewayUnavailableError', readonly message: string, readonly delivery: Delivery }
   };

export type ReplyAsAdminMutationVariables = Exact<{
  conversationId: string;
  adminId: string;
  body: string;
  autoAssign?: AutoAssignInput | null | undefined;
  idempotencyKey?: string | null | undefined;
}>;


export type ReplyAsAdminMutation = { readonly replyToConversation:
    | { readonly __typename: 'ReplyToConversationPayload', readonly part: { readonly id: string, readonly type: PartType, readonly body: string, readonly createdAt: string }, readonly assignPart: { readonly id: string, readonly assignee: { readonly id: string, readonly name: string } | null } | null }
    | { readonly __typename: 'ReplyTooBigError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'InvalidReplyError', readonly message: string, readonly delivery: Delivery, readonly issues: ReadonlyArray<{ readonly path: ReadonlyArray<string>, readonly message: string }> }
    | { readonly __typename: 'ReplyTargetNotFoundError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'NotAuthenticatedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'PermissionDeniedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'TooManyRequestsError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'AttachmentTooBigError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'DashlyRejectedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'DashlyUnavailableError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'IdempotencyConflictError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'GatewayUnavailableError', readonly message: string, readonly delivery: Delivery }
   };

export type ReplyAsVisitorMutationVariables = Exact<{
  conversationId: string;
  userId: string;
  body: string;
  referrer?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
}>;


export type ReplyAsVisitorMutation = { readonly replyToConversation:
    | { readonly __typename: 'ReplyToConversationPayload', readonly part: { readonly id: string, readonly type: PartType, readonly body: string, readonly createdAt: string } }
    | { readonly __typename: 'ReplyTooBigError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'InvalidReplyError', readonly message: string, readonly delivery: Delivery, readonly issues: ReadonlyArray<{ readonly path: ReadonlyArray<string>, readonly message: string }> }
    | { readonly __typename: 'ReplyTargetNotFoundError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'NotAuthenticatedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'PermissionDeniedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'TooManyRequestsError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'AttachmentTooBigError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'DashlyRejectedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'DashlyUnavailableError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'IdempotencyConflictError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'GatewayUnavailableError', readonly message: string, readonly delivery: Delivery }
   };

export type ReplyMutationVariables = Exact<{
  input: ReplyToConversationInput;
}>;


export type ReplyMutation = { readonly replyToConversation:
    | { readonly __typename: 'ReplyToConversationPayload', readonly part: { readonly id: string, readonly type: PartType, readonly body: string, readonly actions: ReadonlyArray<
          | { readonly __typename: 'QuickReply', readonly body: string, readonly metaData: Record<string, unknown> | null }
          | { readonly __typename: 'OtherAction' }
        > | null }, readonly assignPart: { readonly assignee: { readonly id: string, readonly name: string } | null } | null }
    | { readonly __typename: 'ReplyTooBigError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'InvalidReplyError', readonly message: string, readonly delivery: Delivery, readonly issues: ReadonlyArray<{ readonly path: ReadonlyArray<string>, readonly message: string }> }
    | { readonly __typename: 'ReplyTargetNotFoundError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'NotAuthenticatedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'PermissionDeniedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'TooManyRequestsError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'AttachmentTooBigError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'DashlyRejectedError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'DashlyUnavailableError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'IdempotencyConflictError', readonly message: string, readonly delivery: Delivery }
    | { readonly __typename: 'GatewayUnavailableError', readonly message: string, readonly delivery: Delivery }
   };


export const SendAttachmentDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SendAttachment"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"adminId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"file"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Upload"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"fileName"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"body"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"replyToConversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"conversationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"from"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"adminId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"adminId"}}}]}},{"kind":"ObjectField","name":{"kind":"Name","value":"attachment"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"file"},"value":{"kind":"Variable","name":{"kind":"Name","value":"file"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"fileName"},"value":{"kind":"Variable","name":{"kind":"Name","value":"fileName"}}}]}},{"kind":"ObjectField","name":{"kind":"Name","value":"body"},"value":{"kind":"Variable","name":{"kind":"Name","value":"body"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ReplyToConversationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"part"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"body"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"attachments"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"filename"}},{"kind":"Field","name":{"kind":"Name","value":"mimeType"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"url"}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ReplyError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"delivery"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InvalidReplyError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AttachmentTooBigError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"maxBytes"}}]}}]}}]}}]} as unknown as DocumentNode<SendAttachmentMutation, SendAttachmentMutationVariables>;
export const LeaveNoteDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"LeaveNote"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"adminId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"body"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"replyToConversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"conversationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"from"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"adminId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"adminId"}}}]}},{"kind":"ObjectField","name":{"kind":"Name","value":"type"},"value":{"kind":"EnumValue","value":"NOTE"}},{"kind":"ObjectField","name":{"kind":"Name","value":"body"},"value":{"kind":"Variable","name":{"kind":"Name","value":"body"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ReplyToConversationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"part"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"body"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ReplyError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"delivery"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InvalidReplyError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]}}]} as unknown as DocumentNode<LeaveNoteMutation, LeaveNoteMutationVariables>;
export const AskWithQuickRepliesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AskWithQuickReplies"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"adminId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"body"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"actions"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ReplyActionInput"}}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"replyToConversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"conversationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"from"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"adminId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"adminId"}}}]}},{"kind":"ObjectField","name":{"kind":"Name","value":"body"},"value":{"kind":"Variable","name":{"kind":"Name","value":"body"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"actions"},"value":{"kind":"Variable","name":{"kind":"Name","value":"actions"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ReplyToConversationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"part"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"body"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"actions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"QuickReply"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"body"}},{"kind":"Field","name":{"kind":"Name","value":"metaData"}}]}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ReplyError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"delivery"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InvalidReplyError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]}}]} as unknown as DocumentNode<AskWithQuickRepliesMutation, AskWithQuickRepliesMutationVariables>;
export const ReplyAsAdminDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ReplyAsAdmin"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"adminId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"body"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"autoAssign"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"AutoAssignInput"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"replyToConversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"conversationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"from"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"adminId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"adminId"}}}]}},{"kind":"ObjectField","name":{"kind":"Name","value":"body"},"value":{"kind":"Variable","name":{"kind":"Name","value":"body"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"autoAssign"},"value":{"kind":"Variable","name":{"kind":"Name","value":"autoAssign"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ReplyToConversationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"part"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"body"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"assignPart"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"assignee"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ReplyError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"delivery"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InvalidReplyError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ReplyAsAdminMutation, ReplyAsAdminMutationVariables>;
export const ReplyAsVisitorDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ReplyAsVisitor"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"userId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"body"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"referrer"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"replyToConversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"conversationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"from"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"userId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"userId"}}}]}},{"kind":"ObjectField","name":{"kind":"Name","value":"body"},"value":{"kind":"Variable","name":{"kind":"Name","value":"body"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"referrer"},"value":{"kind":"Variable","name":{"kind":"Name","value":"referrer"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ReplyToConversationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"part"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"body"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ReplyError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"delivery"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InvalidReplyError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ReplyAsVisitorMutation, ReplyAsVisitorMutationVariables>;
export const ReplyDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Reply"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ReplyToConversationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"replyToConversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ReplyToConversationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"part"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"body"}},{"kind":"Field","name":{"kind":"Name","value":"actions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"QuickReply"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"body"}},{"kind":"Field","name":{"kind":"Name","value":"metaData"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"assignPart"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"assignee"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ReplyError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"delivery"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InvalidReplyError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ReplyMutation, ReplyMutationVariables>;
