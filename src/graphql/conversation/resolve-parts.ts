/** The resolver of `Conversation.parts`. */

import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import { Deadline } from '../../conversation/deadline.ts';
import { memoryOfJson } from '../../conversation/json-memory.ts';
import type { AssignPart, ConversationPart } from '../../conversation/part.ts';
import type { ReadFailure } from '../../conversation/reading/read-parts.ts';
import type { GraphQLContext } from '../context.ts';
import { copiesOfRead } from '../copy-count.ts';
import { optionalFieldsOfConnection } from '../selected-fields.ts';
import { encodeCursor } from './cursor.ts';
import { type PageArguments, readPageArguments } from './page-arguments.ts';
import { waitForTurn } from './wait-for-turn.ts';

interface Edge {
  readonly cursor: string;
  readonly node: ConversationPart | AssignPart;
}

interface Connection {
  readonly edges: Edge[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** Rejects with a GraphQLError if the parts cannot be read. */
export async function resolveParts(
  conversationId: string,
  args: PageArguments,
  context: GraphQLContext,
  info: GraphQLResolveInfo,
): Promise<Connection> {
  const command = {
    conversationId,
    range: readPageArguments(args),
    optionalFields: optionalFieldsOfConnection(info),
    signal: context.signal,
    deadline: new Deadline(context.limits.readTimeoutMs),
    reserveMemory(parts: readonly Edge['node'][]) {
      const json = JSON.stringify(parts);
      return context.reserveMemory(memoryOfJson(json) + Buffer.byteLength(json) * copiesOfRead(info));
    },
  };
  const result = await waitForTurn(context, () => context.readConversation(command));
  if (result.kind === 'failure') throw toError(result);
  const { parts, hasOlder, hasNewer, oldest, newest } = result;
  return {
    edges: parts.map((node) => ({ cursor: encodeCursor(node.id), node })),
    pageInfo: {
      hasNextPage: hasNewer,
      hasPreviousPage: hasOlder,
      startCursor: oldest === null ? null : encodeCursor(oldest),
      endCursor: newest === null ? null : encodeCursor(newest),
    },
  };
}

function toError({ code, message, retryAfterSeconds }: ReadFailure): GraphQLError {
  const extensions = retryAfterSeconds === null ? { code } : { code, retryAfterSeconds };
  return new GraphQLError(message, { extensions });
}
