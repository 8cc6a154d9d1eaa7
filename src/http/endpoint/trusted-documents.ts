/** Documents that a client asks for by their id, where the gateway takes no others. */

import type { GraphQLParams } from 'graphql-yoga';
import { BadRequest } from './bad-request.ts';

/** Puts the document in the place of its id. @throws BadRequest */
export type ResolveDocument = (params: GraphQLParams) => GraphQLParams;

/** Takes texts by their ids, which are SHA-256 in hex as a rule. */
export function createTrustedDocuments(documents: ReadonlyMap<string, string>): ResolveDocument {
  return (params) => {
    const { documentId, ...others } = params as GraphQLParams & { documentId?: unknown };
    const id = documentId ?? params.extensions?.['persistedQuery']?.sha256Hash;
    if (typeof id !== 'string') {
      throw new BadRequest(
        'This gateway takes only documents that it knows: send "documentId", or "extensions.persistedQuery.sha256Hash".',
      );
    }
    // The GraphQL over HTTP specification puts the kind of the id before it.
    const query = documents.get(id) ?? documents.get(id.replace(/^sha256:/, ''));
    if (query === undefined) throw new BadRequest('This gateway knows no document with this id.');
    if (others.query != null && others.query !== query) {
      throw new BadRequest('The text of the document is not the one that this gateway knows by its id.');
    }
    return { ...others, query };
  };
}
