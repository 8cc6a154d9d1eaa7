/** The operations of the benchmark, with the request that each must send to the upstream, and the correct response. */

import { readFileSync } from 'node:fs';

/** A GraphQL operation, with the equivalent REST call. */
export interface Operation {
  /** Name of the operation in the document. */
  readonly name: string;
  readonly document: string;
  readonly input: { readonly conversationId: string; readonly [field: string]: unknown };
  /** Form fields that the upstream must receive, at least. */
  readonly form: Readonly<Record<string, string>>;
  /** `data.replyToConversation` of the correct response. */
  readonly result: unknown;
}

/** In this conversation the upstream rejects the reply: the result is `ReplyTooBigError`. */
export const refusingConversation = '4001';

const readDocument = (name: string): string =>
  readFileSync(new URL(`operations/${name}.graphql`, import.meta.url), 'utf8');

const smallReply = readDocument('small-reply');
const body = 'How can I help you?';
const conversation = { id: '1' };
const admin = {
  __typename: 'Admin',
  id: '8164',
  name: 'Trinity',
  avatar: 'https://files.dashly.app/avatars/8164.png',
  type: 'ADMIN',
};
const { __typename: _, ...assignee } = admin;

/** The fields of both parts of the large response. */
const commonFields = {
  conversation,
  partGroup: '1447294760216691955',
  direction: 'ADMIN_TO_USER',
  sentVia: 'API',
  from: admin,
  replyType: 'NO',
  createdAt: '2023-05-29T09:27:20.000Z',
  editedAt: null,
  removedAt: null,
};

/** The part of each result. The upstream varies its last digits, since no two replies have one part. */
export const partId = '1453279698921457472';
export const variedDigits = 5;

export const operations = {
  small: {
    name: 'SmallReply',
    document: smallReply,
    input: { conversationId: '1', from: { default: 'ADMIN' }, body },
    form: { id_as_string: 'true', from_admin: 'default_admin', body },
    result: {
      __typename: 'ReplyToConversationPayload',
      part: {
        id: partId,
        type: 'REPLY_ADMIN',
        body,
        createdAt: '2023-05-29T09:27:20.000Z',
        conversation,
      },
    },
  },
  error: {
    name: 'SmallReply',
    document: smallReply,
    input: { conversationId: refusingConversation, from: { default: 'ADMIN' }, body },
    form: { id_as_string: 'true', from_admin: 'default_admin', body },
    result: {
      __typename: 'ReplyTooBigError',
      message: 'The body is too long for Dashly: it has 19 characters.',
      delivery: 'NOT_DELIVERED',
      bodyLength: 19,
    },
  },
  everything: {
    name: 'Everything',
    document: readDocument('everything'),
    input: {
      conversationId: '1',
      from: { adminId: '8164' },
      type: 'REPLY_ADMIN',
      body: "What's your choice, Neo?",
      bodyJson: { kind: 'choice' },
      actions: [
        { quickReply: { body: 'Red', metaData: { id: 1 } } },
        { quickReply: { body: 'Blue', metaData: { id: 2 } } },
      ],
      autoAssign: { adminId: '8164', randomId: 7 },
      externalId: 'order-1',
      randomId: 5,
      referrer: 'https://shop.example/basket',
    },
    form: {
      id_as_string: 'true',
      from_admin: '8164',
      type: 'reply_admin',
      body: "What's your choice, Neo?",
      body_json: '{"kind":"choice"}',
      actions:
        '[{"type":"quick_reply","body":"Red","meta_data":{"id":1}},{"type":"quick_reply","body":"Blue","meta_data":{"id":2}}]',
      auto_assign: '8164',
      auto_assign_random_id: '7',
      external_id: 'order-1',
      random_id: '5',
      referrer: 'https://shop.example/basket',
      include_random_id: 'true',
      include_read: 'true',
      include_first: 'true',
      include_inbound_email: 'true',
    },
    result: {
      __typename: 'ReplyToConversationPayload',
      replayed: false,
      part: {
        ...commonFields,
        id: partId,
        type: 'REPLY_ADMIN',
        body: "What's your choice, Neo?",
        bodyJson: { kind: 'choice' },
        metaData: { some_extra_reply_information: 123 },
        actions: [
          { __typename: 'QuickReply', body: 'Red', metaData: { id: 1 } },
          { __typename: 'QuickReply', body: 'Blue', metaData: { id: 2 } },
        ],
        externalId: 'order-1',
        randomId: 5,
        attachments: [
          {
            id: '1453279691052943108',
            filename: 'test_import.csv',
            mimeType: 'text/csv',
            size: 156,
            url: 'https://files.dashly.app/attachments/2782/2e7cac55-dff0-4142-9460-14d64ff08623/test_import.csv',
            createdAt: '2023-05-29T09:27:19.000Z',
          },
        ],
        read: false,
        first: false,
        inboundEmail: null,
      },
      assignPart: {
        ...commonFields,
        id: '1453281238935668443',
        type: 'ASSIGNED',
        body: '',
        bodyJson: {},
        metaData: {},
        actions: null,
        externalId: null,
        randomId: 7,
        assignee,
      },
    },
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;
