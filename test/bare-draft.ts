/** A reply in which every optional field is missing. */

import type { ReplyDraft } from '../src/conversation/reply.ts';

export const bareDraft: ReplyDraft = {
  conversationId: '1',
  from: null,
  type: null,
  body: null,
  bodyJson: null,
  attachment: null,
  actions: null,
  autoAssign: null,
  externalId: null,
  randomId: null,
  referrer: null,
};
