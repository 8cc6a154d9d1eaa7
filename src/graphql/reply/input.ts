/** The input types of `replyToConversation`. */

import { idForm, replyTypes } from '../../conversation/reply.ts';
import {
  attachmentFileNameMaxLength,
  idempotencyKeyMaxLength,
  quickReplyBodyMaxLength,
  referenceMaxLength,
} from '../../conversation/reply-limits.ts';
import { builder } from '../builder.ts';
import { describeValues } from '../describe-values.ts';

const DefaultSender = builder.enumType('DefaultSender', {
  description: 'A default sender, chosen by Dashly.',
  values: {
    ADMIN: { description: "The site's default admin. REST: `from_admin=default_admin`." },
    USER: {
      description:
        'The default user: the reply appears as a message from a visitor. REST: `from_user=default_user`.',
    },
  } as const,
});

const ReplySenderInput = builder.inputType('ReplySenderInput', {
  description: 'The sender of a reply. Set exactly one field.',
  isOneOf: true,
  fields: (t) => ({
    adminId: t.id({ description: `The admin with this id. It is ${idForm}. REST: \`from_admin\`.` }),
    userId: t.id({
      description: `The user with this id: the reply appears as a message from a visitor. It is ${idForm}. REST: \`from_user\`.`,
    }),
    default: t.field({ type: DefaultSender, description: 'The default admin or the default user.' }),
  }),
});

const ReplyType = builder.enumType('ReplyType', {
  description: 'The kind of a reply.',
  values: describeValues(replyTypes, {
    REPLY_ADMIN: 'A regular reply, visible to the user. REST: `type=reply_admin`.',
    NOTE: 'A note, visible to admins only. REST: `type=note`.',
    ARTICLE: 'An article of the knowledge base. REST: `type=article`.',
  }),
});

const ReplyAttachmentInput = builder.inputType('ReplyAttachmentInput', {
  description: 'A file to send with the reply.',
  fields: (t) => ({
    file: t.field({ type: 'Upload', required: true, description: 'The file. REST: `attachment`.' }),
    fileName: t.string({
      description:
        `The file name that the recipient sees, 1 to ${attachmentFileNameMaxLength} characters. Default: the name of the ` +
        'uploaded file. REST: `attachment_file_name`.',
    }),
  }),
});

const QuickReplyInput = builder.inputType('QuickReplyInput', {
  description: 'A button below the reply. When the user presses it, its text is sent as their answer.',
  fields: (t) => ({
    body: t.string({
      required: true,
      description: `The text on the button, 1 to ${quickReplyBodyMaxLength} characters. Short texts look best.`,
    }),
    metaData: t.field({
      type: 'JSONObject',
      description:
        "Data that Dashly adds to the user's answer, so that a program can tell which button was pressed.",
    }),
  }),
});

const ReplyActionInput = builder.inputType('ReplyActionInput', {
  description:
    'An action that the reply offers to the user. Set exactly one field. Dashly supports quick replies only.',
  isOneOf: true,
  fields: (t) => ({
    quickReply: t.field({
      type: QuickReplyInput,
      description: 'A quick reply: a button with a text. REST: `{"type": "quick_reply", …}`.',
    }),
  }),
});

const AutoAssignInput = builder.inputType('AutoAssignInput', {
  description:
    'Assigns the conversation to an admin with the same request. The assignment adds a second part to the conversation.',
  fields: (t) => ({
    adminId: t.id({
      required: true,
      description: `The admin to assign. It is ${idForm}. REST: \`auto_assign\`.`,
    }),
    randomId: t.int({
      description:
        'A random number chosen by the client. Dashly returns it on the part of the assignment, so that the client ' +
        "can recognize the part in Dashly's realtime services. If omitted, the gateway draws one. REST: `auto_assign_random_id`.",
    }),
  }),
});

export const ReplyToConversationInput = builder.inputType('ReplyToConversationInput', {
  description:
    'A reply. Fields that are omitted or null are not sent, so that Dashly uses its defaults. The exceptions are `from`, ' +
    '`randomId` and `autoAssign.randomId`, whose descriptions name what is sent instead. An empty string is sent.',
  fields: (t) => ({
    conversationId: t.id({
      required: true,
      description: `The conversation to reply to. It is ${idForm}. REST: \`{id}\` of the path.`,
    }),
    from: t.field({
      type: ReplySenderInput,
      description:
        "The sender of the reply. Default: the admin or user of the caller's JWT; without one, Dashly chooses. " +
        'REST: `from_admin` or `from_user`.',
    }),
    type: t.field({
      type: ReplyType,
      description:
        'The kind of the reply. Default: `REPLY_ADMIN`. Dashly ignores it if the sender is a user. REST: `type`.',
    }),
    body: t.string({
      description:
        'The text. It may be empty or omitted if there is an attachment. Dashly rejects a reply without any content. ' +
        'REST: `body`.',
    }),
    bodyJson: t.field({
      type: 'JSONObject',
      description: 'Additional content. Its shape depends on the kind of the reply. REST: `body_json`.',
    }),
    attachment: t.field({ type: ReplyAttachmentInput, description: 'A file to send with the reply.' }),
    actions: t.field({
      type: [ReplyActionInput],
      description: 'The actions that the reply offers to the user, in display order. REST: `actions`.',
    }),
    autoAssign: t.field({
      type: AutoAssignInput,
      description: 'Assigns the conversation to an admin with the same request.',
    }),
    externalId: t.string({
      description: `An id chosen by the client for this message, at most ${referenceMaxLength} characters. REST: \`external_id\`.`,
    }),
    randomId: t.int({
      description:
        'A random number chosen by the client. Dashly returns it on the part, so that the client can recognize the ' +
        "part in Dashly's realtime services. If omitted, the gateway draws one from 1 to 2147483647, to recognize the " +
        'response. It does not prevent duplicates, and a reply with it is not looked up if its response is lost. ' +
        'REST: `random_id`.',
    }),
    referrer: t.string({
      description: `The URL of the page that the message was sent from, at most ${referenceMaxLength} characters. REST: \`referrer\`.`,
    }),
    idempotencyKey: t.string({
      description:
        `A key chosen by the client for this reply, 1 to ${idempotencyKeyMaxLength} characters, such as a UUID. A second call ` +
        'with the same key returns the first result and sends nothing, unless that was `NOT_DELIVERED`. The key is not ' +
        'sent to Dashly.',
    }),
  }),
});
