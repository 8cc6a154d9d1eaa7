/** The peer with GraphQL Yoga in its default configuration. */

import { createServer } from 'node:http';
import { createSchema, createYoga, type YogaInitialContext } from 'graphql-yoga';
import { port } from './peer-settings.ts';
import type { ReplyInput } from './reply-input.ts';
import { replyLimits, schemaDocument } from './schema-document.ts';
import { sendReply } from './send-reply.ts';

const yoga = createYoga({
  schema: createSchema({
    typeDefs: schemaDocument,
    resolvers: {
      Query: { replyLimits },
      Mutation: {
        replyToConversation: (
          _: unknown,
          { input }: { input: ReplyInput },
          { request }: YogaInitialContext,
        ) => sendReply(input, request.headers.get('authorization') ?? undefined),
      },
    },
  }),
});
createServer(yoga).listen(port, '127.0.0.1');
