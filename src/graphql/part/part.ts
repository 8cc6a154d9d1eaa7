/** Parts of a conversation: what a reply becomes. */

import {
  type AssignPart,
  type ConversationPart,
  expectedReplyTypes,
  type Part,
  partDirections,
  partTypes,
  sentVias,
} from '../../conversation/part.ts';
import { builder } from '../builder.ts';
import { describeValues } from '../describe-values.ts';
import { PartActionRef } from './action.ts';
import { AttachmentRef } from './attachment.ts';
import { AdminRef, PartSenderRef } from './sender.ts';

const unknownValue = 'A value that this schema does not know yet.';

const PartType = builder.enumType('PartType', {
  description: 'What kind of entry in the conversation a part is.',
  values: describeValues(partTypes, {
    REPLY_USER: "The user's message.",
    REPLY_ADMIN: "An admin's message to the user.",
    AUTO_REPLY: 'An automatic answer.',
    NOTE: 'A note that only admins see.',
    TAG_ADDED: 'A tag was put on the conversation.',
    TAG_DELETED: 'A tag was taken off the conversation.',
    ASSIGNED: 'Somebody was assigned, or the assignment was taken back.',
    CLOSED: 'The conversation was closed.',
    FINAL_CLOSED: 'The conversation was closed for good.',
    DELAYED: 'The conversation was put off.',
    CHANNEL_CHANGED: 'The conversation moved to another channel.',
    VOTE: "The user's rating.",
    ARTICLE: 'An article of the knowledge base.',
    CHAT_BOT_ADMIN: "A chat bot's message.",
    CHAT_BOT_USER: "The user's answer to a chat bot.",
    SERVICE: 'A service message.',
    UNKNOWN: unknownValue,
  }),
});

const PartDirection = builder.enumType('PartDirection', {
  description: 'Which way a message goes.',
  values: describeValues(partDirections, {
    ADMIN_TO_USER: 'From the team to the user. REST: `a2u`.',
    USER_TO_ADMIN: 'From the user to the team. REST: `u2a`.',
    UNKNOWN: unknownValue,
  }),
});

const SentVia = builder.enumType('SentVia', {
  description: 'What a part was written with.',
  values: describeValues(sentVias, {
    WEB_USER: 'The chat on the site.',
    EMAIL_USER: "The user's e-mail.",
    WEB_PANEL: "The admins' panel.",
    EMAIL_ADMIN: "An admin's e-mail.",
    APP_ANDROID: 'The app for Android.',
    APP_IOS: 'The app for iOS.',
    APP_CHROME: 'The app for Chrome.',
    APP_DESKTOP: 'The app for the desktop.',
    MESSAGE_AUTO: 'An automatic message.',
    MESSAGE_MANUAL: 'A message that an admin sent to many.',
    MESSAGE_CHAT_BOT: 'A chat bot.',
    API: 'The Web API, such as this gateway.',
    INTEGRATIONS: 'An integration with another service.',
    SYSTEM: 'Dashly itself.',
    AUTO_REPLY: 'The automatic answer.',
    UNKNOWN: unknownValue,
  }),
});

const ExpectedReplyType = builder.enumType('ExpectedReplyType', {
  description: 'What kind of answer a part asks the user for.',
  values: describeValues(expectedReplyTypes, {
    TEXT: 'Some text.',
    EMAIL: 'An e-mail address.',
    PHONE: 'A phone number.',
    PUSH: 'The consent to push notifications.',
    BUTTON: 'A press of a button.',
    NO: 'None.',
    UNKNOWN: unknownValue,
  }),
});

const ConversationRef = builder.objectRef<{ readonly id: string }>('Conversation').implement({
  description: 'A conversation between a user and the team.',
  fields: (t) => ({ id: t.exposeID('id', { description: 'The id of the conversation in Dashly.' }) }),
});

const PartRef = builder.interfaceRef<Part>('Part').implement({
  description: 'One entry in a conversation. A field is null where Dashly sent nothing for it.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the part in Dashly.' }),
    conversation: t.field({
      type: ConversationRef,
      description: 'The conversation that the part is in.',
      resolve: (part) => part.conversation,
    }),
    partGroup: t.exposeID('partGroup', {
      nullable: true,
      description: 'The id of the group that Dashly shows the part in. REST: `part_group`.',
    }),
    type: t.field({ type: PartType, description: 'What kind of entry it is.', resolve: (part) => part.type }),
    direction: t.field({
      type: PartDirection,
      nullable: true,
      description: 'Which way the message goes.',
      deprecationReason: 'Dashly deprecates it; use type.',
      resolve: (part) => part.direction,
    }),
    sentVia: t.field({
      type: SentVia,
      nullable: true,
      description: 'What the part was written with. REST: `sent_via`.',
      resolve: (part) => part.sentVia,
    }),
    from: t.field({
      type: PartSenderRef,
      nullable: true,
      description: 'Who the part is from; a part that Dashly wrote by itself may be from nobody.',
      resolve: (part) => part.from,
    }),
    body: t.exposeString('body', { description: 'The text; empty where there is none.' }),
    bodyJson: t.field({
      type: 'JSONObject',
      description: 'Further content, of a shape that depends on the type. REST: `body_json`.',
      resolve: (part) => part.bodyJson,
    }),
    metaData: t.field({
      type: 'JSONObject',
      description:
        'Data that came with the part, such as that of the button which was pressed. REST: `meta_data`.',
      resolve: (part) => part.metaData,
    }),
    replyType: t.field({
      type: ExpectedReplyType,
      nullable: true,
      description: 'What kind of answer the part asks for. REST: `reply_type`.',
      resolve: (part) => part.replyType,
    }),
    actions: t.field({
      type: [PartActionRef],
      nullable: true,
      description: 'What the user can do with the part.',
      resolve: (part) => part.actions,
    }),
    externalId: t.exposeString('externalId', {
      nullable: true,
      description: "The sender's own id for the message. REST: `external_id`.",
    }),
    randomId: t.exposeInt('randomId', {
      nullable: true,
      description:
        'The random number that was sent with the part. REST: `random_id`, asked for where it is selected.',
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the part was created. REST: `created`.',
      resolve: (part) => part.createdAt,
    }),
    editedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the part was edited last, if ever. REST: `edited`.',
      resolve: (part) => part.editedAt,
    }),
    removedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the part was removed, if it was. REST: `removed`.',
      resolve: (part) => part.removedAt,
    }),
  }),
});

export const ConversationPartRef = builder.objectRef<ConversationPart>('ConversationPart').implement({
  description: 'The reply itself, as it stands in the conversation.',
  interfaces: [PartRef],
  fields: (t) => ({
    attachments: t.field({
      type: [AttachmentRef],
      description: 'The files that were sent along; empty where there are none.',
      resolve: (part) => part.attachments,
    }),
    read: t.exposeBoolean('read', {
      nullable: true,
      description: 'Whether the part was read. REST: `read`, asked for where it is selected.',
    }),
    first: t.exposeBoolean('first', {
      nullable: true,
      description:
        'Whether the part is the first of its conversation. REST: `first`, asked for where it is selected.',
    }),
    inboundEmail: t.exposeID('inboundEmail', {
      nullable: true,
      description:
        'The id of the e-mail that the part came in with. REST: `inbound_email`, asked for where it is selected.',
    }),
  }),
});

export const AssignPartRef = builder.objectRef<AssignPart>('AssignPart').implement({
  description: 'The entry that tells who was assigned together with a reply.',
  interfaces: [PartRef],
  fields: (t) => ({
    assignee: t.field({
      type: AdminRef,
      nullable: true,
      description: 'Who was assigned; null where the assignment was taken back.',
      resolve: (part) => part.assignee,
    }),
  }),
});
