/** Finds the document of a request: any text, or with trusted documents the text of a known id. */

import { GraphQLError } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { BadRequest } from './errors.ts';
import { hasOnlyParameters } from './params.ts';

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

/**
 * Accepts any document that a client writes. If there is none, and nothing else that Yoga would refuse, the error says what to
 * send; `hasPage` if a browser gets a page instead.
 */
export function createAnyDocuments(hasPage: boolean): ResolveDocument {
  const instead = hasPage ? ', or open this address in a browser' : '';
  const message = `The request has no document: POST JSON such as {"query": "{ __typename }"}${instead}.`;
  return (params) => {
    if (params.query != null) return params;
    const { documentId, ...others } = params as GraphQLParams & { documentId?: unknown };
    const hasOddity = Array.isArray(params) || documentId != null || !hasOnlyParameters(others);
    if (hasOddity) return params;
    if (typeof params.extensions?.['persistedQuery']?.sha256Hash === 'string') throw hashNotSupported();
    throw new BadRequest(message);
  };
}

/** Apollo Client, urql and others know it by its message or its code, and send the text of the document then. */
function hashNotSupported(): GraphQLError {
  return new GraphQLError('PersistedQueryNotSupported', {
    extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED', http: { spec: true, status: 400 } },
  });
}
