/** The peer with mercurius on Fastify, with its compiler enabled. */

import fastify from 'fastify';
import mercurius from 'mercurius';
import { port } from './peer-settings.ts';
import type { ReplyInput } from './reply-input.ts';
import { replyLimits, schemaDocument } from './schema-document.ts';
import { sendReply } from './send-reply.ts';

const app = fastify();
await app.register(mercurius, {
  schema: schemaDocument,
  resolvers: {
    Query: { replyLimits },
    Mutation: {
      replyToConversation: (_: unknown, { input }: { input: ReplyInput }, { reply }) =>
        sendReply(input, reply.request.headers.authorization),
    },
  },
  // The compiler compiles a document at its second request.
  jit: 1,
});
await app.listen({ port, host: '127.0.0.1' });
