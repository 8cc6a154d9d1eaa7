/** Documents that a client asks for by their id, where the gateway takes no others. */

import { GraphQLError } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { BadRequest } from './bad-request.ts';

/** Puts the document in the place of its id. @throws BadRequest */
export type ResolveDocument = (params: GraphQLParams) => GraphQLParams;

const otherParameters = ['operationName', 'variables', 'extensions'];

/**
 * Takes whatever document a client writes. Where there is none, and nothing odd that Yoga would speak of, it says what to
 * send; `hasPage` where a browser gets a page instead.
 */
export function createAnyDocuments(hasPage: boolean): ResolveDocument {
  const instead = hasPage ? ', or open this address in a browser' : '';
  const message = `The request has no document: POST JSON such as {"query": "{ __typename }"}${instead}.`;
  return (params) => {
    const { query, documentId, ...others } = params as GraphQLParams & { documentId?: unknown };
    const hasOddity =
      Array.isArray(params) ||
      documentId != null ||
      Object.keys(others).some((name) => !otherParameters.includes(name));
    if (query != null || hasOddity) return params;
    // As for any other mistake in the parameters, 200 for a client that knows no other status.
    throw new GraphQLError(message, {
      extensions: { code: 'BAD_REQUEST', http: { spec: true, status: 400 } },
    });
  };
}

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
