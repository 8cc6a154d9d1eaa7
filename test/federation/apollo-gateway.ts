/** Starts Apollo Gateway, Apollo's router for Node.js, which takes no uploads. */

import {
  ApolloGateway,
  type GraphQLDataSourceProcessOptions,
  RemoteGraphQLDataSource,
} from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import type { Router } from './router.ts';

interface Context {
  readonly authorization?: string | undefined;
}

class DashlySubgraph extends RemoteGraphQLDataSource<Context> {
  override willSendRequest({ request, context }: GraphQLDataSourceProcessOptions<Context>): void {
    const { DASHLY_GATEWAY_KEY: key } = process.env;
    if (context.authorization) request.http?.headers.set('authorization', context.authorization);
    if (key) request.http?.headers.set('x-api-key', key);
  }
}

export async function startApolloGateway(supergraph: string, port: number): Promise<Router> {
  const gateway = new ApolloGateway({
    supergraphSdl: supergraph,
    buildService: ({ name, url = '' }) =>
      name === 'dashly' ? new DashlySubgraph({ url }) : new RemoteGraphQLDataSource({ url }),
  });
  const server = new ApolloServer<Context>({
    gateway,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
  });
  const { url } = await startStandaloneServer(server, {
    listen: { port, host: '127.0.0.1' },
    context: async ({ req }) => ({ authorization: req.headers.authorization }),
  });
  return { url: new URL('/graphql', url).href, stop: () => server.stop() };
}
