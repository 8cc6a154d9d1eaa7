/** The peer with Apollo Server, standalone, and its data source for REST. */

import { type AugmentedRequest, RESTDataSource } from '@apollo/datasource-rest';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { GraphQLError } from 'graphql';
import { port, upstream } from './peer-settings.ts';
import { toForm } from './reply-form.ts';
import type { ReplyInput } from './reply-input.ts';
import { type ReplyResult, type RestAnswer, toInvalidResult, toResult } from './reply-result.ts';
import { replyLimits, schemaDocument } from './schema-document.ts';

class DashlyApi extends RESTDataSource {
  override baseURL = `${upstream.href}/`;
  readonly #authorization: string;

  constructor(authorization: string) {
    super();
    this.#authorization = authorization;
  }

  override willSendRequest(_path: string, request: AugmentedRequest): void {
    request.headers['authorization'] = this.#authorization;
  }

  async sendReply(input: ReplyInput): Promise<ReplyResult> {
    const invalid = toInvalidResult(input);
    if (invalid) return invalid;
    const path = `conversations/${input.conversationId}/reply`;
    try {
      const body = new URLSearchParams(toForm(input));
      return toResult(input, await this.post<RestAnswer>(path, { body }));
    } catch (error) {
      const response = error instanceof GraphQLError ? error.extensions['response'] : null;
      const { body } = (response ?? {}) as { body?: RestAnswer };
      if (!body?.meta) throw error;
      return toResult(input, body);
    }
  }
}

interface Context {
  readonly dashly: DashlyApi;
}

const server = new ApolloServer<Context>({
  typeDefs: schemaDocument,
  resolvers: {
    Query: { replyLimits },
    Mutation: {
      replyToConversation: (_: unknown, { input }: { input: ReplyInput }, { dashly }: Context) =>
        dashly.sendReply(input),
    },
  },
});
await startStandaloneServer(server, {
  listen: { port, host: '127.0.0.1' },
  context: async ({ req }) => ({ dashly: new DashlyApi(req.headers.authorization ?? '') }),
});
