/** The types of the results. */

import { expectTypeOf, test } from 'vitest';
import type {
  AskWithQuickRepliesMutation,
  LeaveNoteMutation,
  Reply,
  ReplyAsAdminMutation,
  ReplyAsVisitorMutation,
  ReplyMutation,
  SendAttachmentMutation,
} from '../../schema/operations.ts';

test('the result of every mutation fits `Reply`', () => {
  expectTypeOf<ReplyMutation['replyToConversation']>().toExtend<Reply>();
  expectTypeOf<ReplyAsAdminMutation['replyToConversation']>().toExtend<Reply>();
  expectTypeOf<ReplyAsVisitorMutation['replyToConversation']>().toExtend<Reply>();
  expectTypeOf<LeaveNoteMutation['replyToConversation']>().toExtend<Reply>();
  expectTypeOf<AskWithQuickRepliesMutation['replyToConversation']>().toExtend<Reply>();
  expectTypeOf<SendAttachmentMutation['replyToConversation']>().toExtend<Reply>();
});
