/** A reply in which everything that can be left out is left out. */

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
