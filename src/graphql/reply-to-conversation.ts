/** The one mutation: `replyToConversation`. */

import { invalidReply } from '../conversation/reply-outcome.ts';
import { builder } from './builder.ts';
import { parseReplyInput } from './parse-reply-input.ts';
import { ReplyToConversationInput } from './reply-input.ts';
import { ReplyToConversationResult } from './reply-result.ts';
import { selectedOptionalFields } from './selected-optional-fields.ts';

builder.mutationType({
  description: 'What can be done in a conversation.',
  fields: (t) => ({
    replyToConversation: t.field({
      type: ReplyToConversationResult,
      description:
        'Adds a reply, a note or an article to a conversation. Sends at most once, whatever fails. ' +
        'REST: `POST /conversations/{id}/reply`.',
      args: {
        input: t.arg({ type: ReplyToConversationInput, required: true, description: 'The reply.' }),
      },
      resolve: (_root, { input }, { replyToConversation, caller, wholeRequest }, info) => {
        const { draft, issues } = parseReplyInput(input);
        return issues.length > 0
          ? invalidReply('Nothing was sent.', issues)
          : replyToConversation({
              draft,
              caller,
              optionalFields: selectedOptionalFields(info),
              wholeRequest,
            });
      },
    }),
  }),
});
