/** The mutation `replyToConversation`. */

import { builder } from '../builder.ts';
import type { FieldExtensions } from '../extensions.ts';
import { ReplyToConversationInput } from './input.ts';
import { resolveReply } from './resolve.ts';
import { ReplyToConversationResult } from './result.ts';

builder.mutationType({
  description: 'The mutations.',
  fields: (t) => ({
    replyToConversation: t.field({
      type: ReplyToConversationResult,
      description:
        'Adds a reply, a note or an article to a conversation. The reply is sent at most once, even if the call fails. ' +
        'REST: `POST /conversations/{id}/reply`.',
      extensions: { sendsReply: true } satisfies FieldExtensions,
      args: {
        input: t.arg({ type: ReplyToConversationInput, required: true, description: 'The reply to send.' }),
      },
      resolve: (_root, { input }, context, info) => resolveReply(input, context, info),
    }),
  }),
});
