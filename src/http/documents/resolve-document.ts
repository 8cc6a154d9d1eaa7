/** Finds the document of a request: any text, or only trusted documents by their id. */

import { GraphQLError } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { BadRequest } from '../endpoint/errors.ts';
import { hasOnlyParameters } from '../endpoint/params.ts';

/** Replaces the id of a document with its text, or returns why it cannot. */
export type ResolveDocument = (params: GraphQLParams) => GraphQLParams | GraphQLError;

/** Accepts only the given documents. Their ids are usually SHA-256 in hex. */
export function createTrustedDocuments(documents: ReadonlyMap<string, string>): ResolveDocument {
  return (params) => {
    const { documentId, ...others } = params as GraphQLParams & { documentId?: unknown };
    const id = documentId ?? params.extensions?.['persistedQuery']?.sha256Hash;
    if (typeof id !== 'string') {
      return new BadRequest(
        'This gateway accepts only registered documents: send "documentId", or "extensions.persistedQuery.sha256Hash".',
      );
    }
    // The GraphQL over HTTP specification prefixes ids with their kind.
    const query = documents.get(id) ?? documents.get(id.replace(/^sha256:/, ''));
    if (query === undefined) return new BadRequest('Unknown document id.');
    if (others.query != null && others.query !== query) {
      return new BadRequest('The text of the document does not match its id.');
    }
    return { ...others, query };
  };
}

/**
 * Accepts any document. For a request without one that Yoga would otherwise accept, the error explains what to send. `hasPage`: whether
 * a browser can open GraphiQL instead.
 */
export function createAnyDocuments(hasPage: boolean): ResolveDocument {
  const instead = hasPage ? ', or open this address in a browser' : '';
  const message = `The request has no document: POST JSON such as {"query": "{ __typename }"}${instead}.`;
  return (params) => {
    if (params.query != null) return params;
    const { documentId, ...others } = params as GraphQLParams & { documentId?: unknown };
    const hasOddity = documentId != null || !hasOnlyParameters(others);
    if (hasOddity) return params;
    if (typeof params.extensions?.['persistedQuery']?.sha256Hash === 'string') return hashNotSupported();
    return new BadRequest(message);
  };
}

/** Apollo Client, urql and others recognize this error by its message or code, and then send the text of the document. */
function hashNotSupported(): GraphQLError {
  return new GraphQLError('PersistedQueryNotSupported', {
    extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED', http: { spec: true, status: 400 } },
  });
}
