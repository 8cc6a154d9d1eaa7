/** The interface `Part` and its types: the entries of a conversation. */

import {
  type AssignPart,
  type ConversationPart,
  expectedReplyTypes,
  partDirections,
  partTypes,
  sentVias,
} from '../../conversation/part.ts';
import { builder } from '../builder.ts';
import { ConversationRef } from '../conversation/conversation.ts';
import { describeValues } from '../describe-values.ts';
import type { TypeExtensions } from '../extensions.ts';
import { PartActionRef } from './action.ts';
import { AttachmentRef } from './attachment.ts';
import { AdminRef, PartSenderRef } from './sender.ts';

const unknownValue = 'A value that this schema does not support yet.';

const PartType = builder.enumType('PartType', {
  description: 'The kind of a part.',
  values: describeValues(partTypes, {
    REPLY_USER: 'A message from the user.',
    REPLY_ADMIN: 'A message from an admin to the user.',
    AUTO_REPLY: 'An automatic reply.',
    NOTE: 'A note, visible to admins only.',
    TAG_ADDED: 'A tag was added to the conversation.',
    TAG_DELETED: 'A tag was removed from the conversation.',
    ASSIGNED: 'An admin was assigned to the conversation, or the assignment was removed.',
    CLOSED: 'The conversation was closed.',
    FINAL_CLOSED: 'The conversation was closed permanently.',
    DELAYED: 'The conversation was postponed.',
    CHANNEL_CHANGED: 'The conversation moved to another channel.',
    VOTE: 'A rating from the user.',
    ARTICLE: 'An article of the knowledge base.',
    CHAT_BOT_ADMIN: 'A message from a chat bot.',
    CHAT_BOT_USER: 'An answer from the user to a chat bot.',
    SERVICE: 'A service message.',
    UNKNOWN: unknownValue,
  }),
});

const PartDirection = builder.enumType('PartDirection', {
  description: 'The direction of a message.',
  values: describeValues(partDirections, {
    ADMIN_TO_USER: 'From the team to the user. REST: `a2u`.',
    USER_TO_ADMIN: 'From the user to the team. REST: `u2a`.',
    UNKNOWN: unknownValue,
  }),
});

const SentVia = builder.enumType('SentVia', {
  description: 'The channel that a part was sent through.',
  values: describeValues(sentVias, {
    WEB_USER: 'The chat widget on the site.',
    EMAIL_USER: 'An e-mail from the user.',
    WEB_PANEL: 'The web panel of the admins.',
    EMAIL_ADMIN: 'An e-mail from an admin.',
    APP_ANDROID: 'The Android app.',
    APP_IOS: 'The iOS app.',
    APP_CHROME: 'The Chrome app.',
    APP_DESKTOP: 'The desktop app.',
    MESSAGE_AUTO: 'An automatic message.',
    MESSAGE_MANUAL: 'A message that an admin sent to many users.',
    MESSAGE_CHAT_BOT: 'A chat bot.',
    API: 'The Web API, which this gateway uses.',
    INTEGRATIONS: 'An integration with another service.',
    SYSTEM: 'Dashly itself.',
    AUTO_REPLY: 'The automatic reply.',
    UNKNOWN: unknownValue,
  }),
});

const ExpectedReplyType = builder.enumType('ExpectedReplyType', {
  description: 'The kind of answer that a part requests from the user.',
  values: describeValues(expectedReplyTypes, {
    TEXT: 'A text.',
    EMAIL: 'An e-mail address.',
    PHONE: 'A phone number.',
    PUSH: 'Consent to push notifications.',
    BUTTON: 'A button press.',
    NO: 'No answer.',
    UNKNOWN: unknownValue,
  }),
});

export const PartRef = builder.interfaceRef<ConversationPart | AssignPart>('Part').implement({
  description: 'An entry of a conversation. A nullable field is null if Dashly sent no value for it.',
  resolveType: ({ kind }) => (kind === 'assignPart' ? 'AssignPart' : 'ConversationPart'),
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the part in Dashly.' }),
    conversation: t.field({
      type: ConversationRef,
      description: 'The conversation that the part belongs to.',
      resolve: (part) => part.conversation,
    }),
    partGroup: t.exposeID('partGroup', {
      nullable: true,
      description: 'The id of the group that Dashly displays the part in. REST: `part_group`.',
    }),
    type: t.field({ type: PartType, description: 'The kind of the part.', resolve: (part) => part.type }),
    direction: t.field({
      type: PartDirection,
      nullable: true,
      description: 'The direction of the message.',
      deprecationReason: 'Dashly deprecates it; use type.',
      resolve: (part) => part.direction,
    }),
    sentVia: t.field({
      type: SentVia,
      nullable: true,
      description: 'The channel that the part was sent through. REST: `sent_via`.',
      resolve: (part) => part.sentVia,
    }),
    from: t.field({
      type: PartSenderRef,
      nullable: true,
      description: 'The sender of the part; may be null for a part that Dashly created.',
      resolve: (part) => part.from,
    }),
    body: t.exposeString('body', { description: 'The text; empty if there is none.' }),
    bodyJson: t.field({
      type: 'JSONObject',
      description: 'Additional content. Its shape depends on the type. REST: `body_json`.',
      resolve: (part) => part.bodyJson,
    }),
    metaData: t.field({
      type: 'JSONObject',
      description:
        'Data that was sent with the part, such as the data of the button that the user pressed. REST: `meta_data`.',
      resolve: (part) => part.metaData,
    }),
    replyType: t.field({
      type: ExpectedReplyType,
      nullable: true,
      description: 'The kind of answer that the part requests from the user. REST: `reply_type`.',
      resolve: (part) => part.replyType,
    }),
    actions: t.field({
      type: [PartActionRef],
      nullable: true,
      description: 'The actions that the part offers to the user.',
      resolve: (part) => part.actions,
    }),
    externalId: t.exposeString('externalId', {
      nullable: true,
      description: 'An id chosen by the client that sent the message. REST: `external_id`.',
    }),
    randomId: t.exposeInt('randomId', {
      nullable: true,
      description:
        'The random number that was sent with the part: the one that the client chose, or else one that the gateway drew. ' +
        'REST: `random_id`.',
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the part was created. REST: `created`.',
      resolve: (part) => part.createdAt,
    }),
    editedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the part was last edited; null if it was not. REST: `edited`.',
      resolve: (part) => part.editedAt,
    }),
    removedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the part was removed; null if it was not. REST: `removed`.',
      resolve: (part) => part.removedAt,
    }),
  }),
});

export const ConversationPartRef = builder.objectRef<ConversationPart>('ConversationPart').implement({
  description: 'A part of a conversation that is not an assignment, such as a reply.',
  extensions: { federationKey: { fields: 'id', resolvable: false } } satisfies TypeExtensions,
  interfaces: [PartRef],
  fields: (t) => ({
    attachments: t.field({
      type: [AttachmentRef],
      description: 'The files that were sent with the part; empty if there are none.',
      resolve: (part) => part.attachments,
    }),
    read: t.exposeBoolean('read', {
      nullable: true,
      description: 'Whether the part was read. REST: `read`, requested only if this field is selected.',
    }),
    first: t.exposeBoolean('first', {
      nullable: true,
      description:
        'Whether the part is the first of its conversation. REST: `first`, requested only if this field is selected.',
    }),
    inboundEmail: t.exposeID('inboundEmail', {
      nullable: true,
      description:
        'The id of the e-mail that the part was received in. REST: `inbound_email`, requested only if this field is selected.',
    }),
  }),
});

export const AssignPartRef = builder.objectRef<AssignPart>('AssignPart').implement({
  description: 'The part that records an assignment.',
  interfaces: [PartRef],
  fields: (t) => ({
    assignee: t.field({
      type: AdminRef,
      nullable: true,
      description: 'The assigned admin; null if the assignment was removed.',
      resolve: (part) => part.assignee,
    }),
  }),
});
