/** Parts of a conversation for tests. */

import type { AssignPart, ConversationPart, Part } from '../../src/conversation/part.ts';

const part: Part = {
  id: '1',
  conversation: { id: '1' },
  partGroup: null,
  type: 'REPLY_ADMIN',
  direction: null,
  sentVia: null,
  from: null,
  body: '',
  bodyJson: {},
  metaData: {},
  replyType: null,
  actions: null,
  externalId: null,
  randomId: null,
  createdAt: 0,
  editedAt: null,
  removedAt: null,
};

export function samplePart(fields: Partial<ConversationPart> = {}): ConversationPart {
  const own = { attachments: [], read: null, first: null, inboundEmail: null };
  return { ...part, ...own, kind: 'conversationPart', ...fields };
}

export function sampleAssignPart(fields: Partial<AssignPart> = {}): AssignPart {
  return { ...part, type: 'ASSIGNED', assignee: null, kind: 'assignPart', ...fields };
}
