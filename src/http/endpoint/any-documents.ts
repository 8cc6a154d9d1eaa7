/** Documents that a client writes itself. */

import { GraphQLError } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { BadRequest } from './bad-request.ts';
import { hasOnlyParameters } from './params.ts';
import type { ResolveDocument } from './trusted-documents.ts';

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
