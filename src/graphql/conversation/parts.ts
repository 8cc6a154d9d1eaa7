/** The field `Conversation.parts` with its connection. */

import { maxPartsPerPage } from '../../conversation/reading/read-parts.ts';
import { builder } from '../builder.ts';
import type { FieldExtensions } from '../extensions.ts';
import { PartRef } from '../part/part.ts';
import { ConversationRef } from './conversation.ts';
import { defaultCount } from './page-arguments.ts';
import { resolveParts } from './resolve-parts.ts';

const PartConnection = builder.connectionObject(
  {
    name: 'PartConnection',
    type: PartRef,
    description: 'A page of the parts of a conversation, oldest first.',
  },
  { name: 'PartEdge', description: 'A part with its cursor.' },
);

builder.objectField(ConversationRef, 'parts', (t) =>
  t.field({
    type: PartConnection,
    nullable: true,
    description:
      'The parts of the conversation, oldest first within a page; without arguments the last ' +
      `${defaultCount}. Null, with an error whose ` +
      '`extensions.code` says why (`NOT_AUTHENTICATED`, `PERMISSION_DENIED`, `NOT_FOUND`, `TOO_MANY_REQUESTS`, `UNAVAILABLE`, ' +
      '`BAD_USER_INPUT`), if they cannot be read. A user sees only what the chat shows. REST: `GET /conversations/{id}/parts`.',
    extensions: { readsParts: true } satisfies FieldExtensions,
    args: {
      first: t.arg.int({
        description: `Selects the oldest parts of the range, 1 to ${maxPartsPerPage}. REST: \`paginate_direction=after\`.`,
      }),
      after: t.arg.string({ description: 'A cursor: only newer parts. REST: `paginate_position`.' }),
      last: t.arg.int({
        description: `Selects the newest parts of the range, 1 to ${maxPartsPerPage}. REST: \`paginate_direction=before\`.`,
      }),
      before: t.arg.string({ description: 'A cursor: only older parts. REST: `paginate_position`.' }),
    },
    resolve: (conversation, args, context, info) => resolveParts(conversation.id, args, context, info),
  }),
);
