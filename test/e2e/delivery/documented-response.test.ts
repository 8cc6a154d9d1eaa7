/** The result of a reply for the documented response, and for one without the optional fields. */

import { expect, test } from 'vitest';
import { reply } from '../../support/gateway/reply.ts';
import { startStage } from '../../support/gateway/start-stage.ts';
import {
  documentedAdmin,
  documentedAssignPart,
  documentedAttachment,
  documentedPart,
} from '../../support/upstream/documented-part.ts';
import { answerJson, documentedAnswer } from '../../support/upstream/start-upstream.ts';

async function resultOf(data: Readonly<Record<string, unknown>>) {
  const { gateway } = await startStage(answerJson({ data, meta: { status: 200 } }));
  const result = await reply(gateway, { conversationId: String(data['conversation']) });
  expect(gateway.errors).toEqual([]);
  return result;
}

const part = {
  ...documentedPart,
  __typename: 'ConversationPart',
  from: { __typename: 'User', id: '1447294708215711734' },
  actions: [
    { __typename: 'QuickReply', body: 'Red', metaData: { id: 1 } },
    { __typename: 'QuickReply', body: 'Blue', metaData: { id: 2 } },
  ],
  attachments: [{ ...documentedAttachment, createdAt: '2023-05-29T09:27:19.000Z' }],
  createdAt: '2023-05-29T09:27:20.000Z',
};

const assignPart = {
  ...documentedAssignPart,
  __typename: 'AssignPart',
  from: { __typename: 'Admin', ...documentedAdmin },
  assignee: documentedAdmin,
  createdAt: '2023-05-29T09:30:24.000Z',
};

test('has every field of the documented response', async () => {
  expect(await resultOf(documentedAnswer.data)).toEqual({
    __typename: 'ReplyToConversationPayload',
    part,
    assignPart,
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
