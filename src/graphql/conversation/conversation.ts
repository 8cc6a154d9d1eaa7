/** The type `Conversation`, which other files add fields to, and the query for one. */

import { idForm, isId } from '../../conversation/reply.ts';
import { badUserInput } from '../bad-user-input.ts';
import { builder } from '../builder.ts';
import type { TypeExtensions } from '../extensions.ts';

export const ConversationRef = builder.objectRef<{ readonly id: string }>('Conversation').implement({
  description: 'A conversation between a user and the team.',
  extensions: {
    federationKey: { fields: 'id', resolvable: true },
    resolveReference: ({ id }) => findConversation(JSON.isRawJSON(id) ? id.rawJSON : String(id)),
  } satisfies TypeExtensions,
  fields: (t) => ({ id: t.exposeID('id', { description: 'The id of the conversation in Dashly.' }) }),
});

builder.queryField('conversation', (t) =>
  t.field({
    type: ConversationRef,
    nullable: true,
    description:
      'A conversation by its id. Selecting its `parts` calls Dashly; otherwise its existence is not checked.',
    args: { id: t.arg.id({ required: true, description: 'The id of the conversation in Dashly.' }) },
    resolve: (_root, { id }) => findConversation(String(id)),
  }),
);

/** Does not check that it exists. @throws GraphQLError if the id is not one of Dashly's form. */
function findConversation(id: string): { readonly id: string } {
  if (isId(id)) return { id };
  throw badUserInput(`The id of a conversation must be ${idForm}.`);
}
