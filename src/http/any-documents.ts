/** Documents that a client writes itself. */

import { GraphQLError } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { hasOnlyParameters } from './parse-params.ts';
import type { ResolveDocument } from './trusted-documents.ts';

/**
 * Takes whatever document a client writes. Where there is none, and nothing odd that Yoga would speak of, it says what to
 * send; `hasPage` where a browser gets a page instead.
 */
export function createAnyDocuments(hasPage: boolean): ResolveDocument {
  const instead = hasPage ? ', or open this address in a browser' : '';
  const message = `The request has no document: POST JSON such as {"query": "{ __typename }"}${instead}.`;
  return (params) => {
    if (params.query != null) return params;
    const { documentId, ...others } = params as GraphQLParams & { documentId?: unknown };
    const hasOddity = Array.isArray(params) || documentId != null || !hasOnlyParameters(others);
    if (hasOddity) return params;
    // As for any other mistake in the parameters, 200 for a client that knows no other status.
    throw new GraphQLError(message, {
      extensions: { code: 'BAD_REQUEST', http: { spec: true, status: 400 } },
    });
  };
}
