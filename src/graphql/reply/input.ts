/** How a reply is asked for: the input of `replyToConversation`. */

import { replyTypes } from '../../conversation/reply.ts';
import {
  attachmentFileNameMaxLength,
  idempotencyKeyMaxLength,
  quickReplyBodyMaxLength,
  referenceMaxLength,
} from '../../conversation/reply-limits.ts';
import { builder } from '../builder.ts';
import { describeValues } from '../describe-values.ts';

const idForm = 'A whole number from 1 to 18446744073709551615, in plain digits without leading zeros.';

const DefaultSender = builder.enumType('DefaultSender', {
  description: 'A sender that Dashly picks.',
  values: {
    ADMIN: { description: "The site's default admin. REST: `from_admin=default_admin`." },
    USER: {
      description: 'The default user, to speak as a visitor of the site. REST: `from_user=default_user`.',
    },
  } as const,
});

const ReplySenderInput = builder.inputType('ReplySenderInput', {
  description: 'Who a reply is from: exactly one of the three.',
  isOneOf: true,
  fields: (t) => ({
    adminId: t.id({ description: `The admin with this id. ${idForm} REST: \`from_admin\`.` }),
    userId: t.id({
      description: `The user with this id, as a visitor of the site. ${idForm} REST: \`from_user\`.`,
    }),
    default: t.field({ type: DefaultSender, description: 'The default sender of either kind.' }),
  }),
});

const ReplyType = builder.enumType('ReplyType', {
  description: 'What kind of message a reply is.',
  values: describeValues(replyTypes, {
    REPLY_ADMIN: 'A regular reply, which the user reads. REST: `type=reply_admin`.',
    NOTE: 'A note that only admins see. REST: `type=note`.',
    ARTICLE: 'An article of the knowledge base. REST: `type=article`.',
  }),
});

const ReplyAttachmentInput = builder.inputType('ReplyAttachmentInput', {
  description: 'A file to send along.',
  fields: (t) => ({
    file: t.field({ type: 'Upload', required: true, description: 'The file itself. REST: `attachment`.' }),
    fileName: t.string({
      description:
        `The name that the receiver sees, 1 to ${attachmentFileNameMaxLength} characters. Left out: the uploaded ` +
        "file's own name. REST: `attachment_file_name`.",
    }),
  }),
});

const QuickReplyInput = builder.inputType('QuickReplyInput', {
  description: 'A button under the reply; pressing it sends its text as the answer.',
  fields: (t) => ({
    body: t.string({
      required: true,
      description: `The text on the button, 1 to ${quickReplyBodyMaxLength} characters. Short ones look best.`,
    }),
    metaData: t.field({
      type: 'JSONObject',
      description:
        'Put on the answer that the button sends, so that a program can tell which one was pressed.',
    }),
  }),
});

const ReplyActionInput = builder.inputType('ReplyActionInput', {
  description:
    'Something that the user can do with the reply: exactly one kind. Dashly takes quick replies only.',
  isOneOf: true,
  fields: (t) => ({
    quickReply: t.field({
      type: QuickReplyInput,
      description: 'A button. REST: `{"type": "quick_reply", …}`.',
    }),
  }),
});

const AutoAssignInput = builder.inputType('AutoAssignInput', {
  description: 'Assigns the conversation to an admin together with the reply; this adds a part of its own.',
  fields: (t) => ({
    adminId: t.id({ required: true, description: `The admin to assign. ${idForm} REST: \`auto_assign\`.` }),
    randomId: t.int({
      description:
        "A random number of the caller's choice that comes back on the assignment's part, to recognise it in Dashly's " +
        'realtime services. REST: `auto_assign_random_id`.',
    }),
  }),
});

export const ReplyToConversationInput = builder.inputType('ReplyToConversationInput', {
  description:
    'One reply. Whatever is left out or null is not sent, so that Dashly decides; an empty string is sent.',
  fields: (t) => ({
    conversationId: t.id({
      required: true,
      description: `The conversation to reply in. ${idForm} REST: \`{id}\` of the path.`,
    }),
    from: t.field({
      type: ReplySenderInput,
      description:
        "Who the reply is from. Left out: Dashly decides, or the caller's own identity where it is known. REST: " +
        '`from_admin` or `from_user`.',
    }),
    type: t.field({
      type: ReplyType,
      description:
        'What kind of message it is. Left out: `REPLY_ADMIN`. Dashly ignores it for a reply from a user. REST: `type`.',
    }),
    body: t.string({
      description:
        'The text. It may be empty or left out where an attachment says it all; Dashly refuses a reply without any ' +
        'content. REST: `body`.',
    }),
    bodyJson: t.field({
      type: 'JSONObject',
      description: 'Further content, of a shape that depends on the type of the message. REST: `body_json`.',
    }),
    attachment: t.field({ type: ReplyAttachmentInput, description: 'A file to send along.' }),
    actions: t.field({
      type: [ReplyActionInput],
      description: 'What the user can do with the reply, in the order in which it is shown. REST: `actions`.',
    }),
    autoAssign: t.field({ type: AutoAssignInput, description: 'Assigns the conversation by the same call.' }),
    externalId: t.string({
      description: `The caller's own id for this message, up to ${referenceMaxLength} characters. REST: \`external_id\`.`,
    }),
    randomId: t.int({
      description:
        "A random number of the caller's choice that comes back on the part, to recognise it in Dashly's realtime " +
        'services. It does not prevent duplicates. REST: `random_id`.',
    }),
    referrer: t.string({
      description: `URL of the page that the message was sent from, up to ${referenceMaxLength} characters. REST: \`referrer\`.`,
    }),
    idempotencyKey: t.string({
      description:
        `The caller's own key for this reply, 1 to ${idempotencyKeyMaxLength} characters, such as a UUID. A second call with ` +
        "the same key sends nothing: it gets the first one's answer. Dashly knows no such key; the gateway keeps it.",
    }),
  }),
});
