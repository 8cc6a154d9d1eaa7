/** The result of a reply for the documented response, and for one without the optional fields. */

import { expect, test } from 'vitest';
import { reply } from '../../support/gateway/reply.ts';
import { startStage } from '../../support/gateway/start-stage.ts';
import { answerJson, documentedAnswer } from '../../support/upstream/start-upstream.ts';

async function resultOf(data: Readonly<Record<string, unknown>>) {
  const { gateway } = await startStage(answerJson({ data, meta: { status: 200 } }));
  const result = await reply(gateway, { conversationId: String(data['conversation']) });
  expect(gateway.errors).toEqual([]);
  return result;
}

const documentedPart = {
  __typename: 'ConversationPart',
  id: '1453279698921457472',
  conversation: { id: '1447294760057308402' },
  partGroup: '1447294760216691955',
  type: 'REPLY_USER',
  direction: 'USER_TO_ADMIN',
  sentVia: 'API',
  from: { __typename: 'User', id: '1447294708215711734' },
  body: "What's your choice, Neo?",
  bodyJson: {},
  metaData: { some_extra_reply_information: 123 },
  replyType: 'NO',
  actions: [
    { __typename: 'QuickReply', body: 'Red', metaData: { id: 1 } },
    { __typename: 'QuickReply', body: 'Blue', metaData: { id: 2 } },
  ],
  externalId: null,
  createdAt: '2023-05-29T09:27:20.000Z',
  editedAt: null,
  removedAt: null,
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
};

const documentedAdmin = {
  id: '30542',
  name: 'Test',
  avatar: 'https://files.dashly.app/avatars/default-v4.png',
  type: 'ADMIN',
};

const documentedAssignPart = {
  __typename: 'AssignPart',
  id: '1453281238935668443',
  conversation: { id: '1447294760057308402' },
  partGroup: '1447294760216691955',
  type: 'ASSIGNED',
  direction: 'ADMIN_TO_USER',
  sentVia: 'API',
  from: { __typename: 'Admin', ...documentedAdmin },
  body: '',
  bodyJson: {},
  metaData: {},
  replyType: 'NO',
  actions: null,
  externalId: null,
  createdAt: '2023-05-29T09:30:24.000Z',
  editedAt: null,
  removedAt: null,
  assignee: documentedAdmin,
};

test('has every field of the documented response', async () => {
  expect(await resultOf(documentedAnswer.data)).toEqual({
    __typename: 'ReplyToConversationPayload',
    part: documentedPart,
    assignPart: documentedAssignPart,
  });
});

test('optional fields that are missing are null or empty', async () => {
  expect(await resultOf({ id: '1', conversation: '2', created: 0, type: 'service' })).toEqual({
    __typename: 'ReplyToConversationPayload',
    part: {
      __typename: 'ConversationPart',
      id: '1',
      conversation: { id: '2' },
      partGroup: null,
      type: 'SERVICE',
      direction: null,
      sentVia: null,
      from: null,
      body: '',
      bodyJson: {},
      metaData: {},
      replyType: null,
      actions: null,
      externalId: null,
      createdAt: '1970-01-01T00:00:00.000Z',
      editedAt: null,
      removedAt: null,
      attachments: [],
    },
    assignPart: null,
  });
});
