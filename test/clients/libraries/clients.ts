/** The supported clients, for `describe.each`. */

import { createApolloClient } from './apollo-client.ts';
import type { CreateClient } from './client.ts';
import { createFetchClient } from './fetch-client.ts';
import { createGraphQLRequestClient } from './graphql-request-client.ts';
import { createRelayClient } from './relay-client.ts';
import { createUrqlClient } from './urql-client.ts';

export const clients: readonly (readonly [name: string, create: CreateClient])[] = [
  ['@urql/core', createUrqlClient],
  ['@apollo/client', createApolloClient],
  ['graphql-request', createGraphQLRequestClient],
  ['relay-runtime', createRelayClient],
  ['fetch', createFetchClient],
];
