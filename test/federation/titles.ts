/** Another subgraph: a small one that owns the titles of conversations. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLError, parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Subgraph } from './subgraph.ts';

export interface Titles extends Subgraph {
  readonly close: () => void;
}

/** The conversation whose title results in an error. */
const conversationWithoutTitle = '8';

/** `prefix` precedes the names of the gateway's types; with a prefix, this subgraph has its own types with the unprefixed names. */
export async function startTitles(prefix: string): Promise<Titles> {
  const typeName = `${prefix}Conversation`;
  const sdl = `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])

    type ${typeName} @key(fields: "id") {
      id: ID!
      "Nullable, so that a reply that was sent is reported even if its title cannot be resolved."
      title: String
    }

    type Query {
      titled(id: ID!): ${typeName}
      ${prefix ? 'topics: [Conversation!]!' : ''}
    }

    ${prefix ? 'type Conversation { topic: String! by: User! } type User { uuid: String! }' : ''}
  `;
  const conversation = ({ id }: { readonly id: string }) => ({ id, title: () => titleOf(id) });
  const resolvers = {
    Query: {
      titled: (_root: unknown, args: { readonly id: string }) => conversation(args),
      topics: () => [{ topic: 'Weather', by: { uuid: 'u-1' } }],
    },
    [typeName]: { __resolveReference: conversation },
  };
  const typeDefs = parse(sdl);
  const yoga = createYoga({ schema: buildSubgraphSchema([{ typeDefs, resolvers }]), logging: false });
  const server = createServer(yoga).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    name: 'titles',
    url: `http://127.0.0.1:${port}/graphql`,
    sdl,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function titleOf(id: string): string {
  if (id === conversationWithoutTitle) throw new GraphQLError('This title is lost.');
  return `Conversation ${id} with a customer`;
}
