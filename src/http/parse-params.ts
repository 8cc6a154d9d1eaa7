/** Reads the parameters of a GraphQL request, from its JSON body or from its URL. */

import { GraphQLError } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { parseExactJson } from '../conversation/exact-json.ts';

/** Yoga checks the parameters themselves; this only gets them out of the text. @throws GraphQLError, status 400 */
export function parseParams(text: string): GraphQLParams {
  const params = parseJson(text, 'The body of the request');
  if (typeof params === 'object' && params !== null) return params;
  throw badRequest('The body of the request has to be a JSON object: {"query": "…", "variables": {…}}.');
}

/** For a GET. @throws GraphQLError, status 400 */
export function parseQueryParams(search: URLSearchParams): GraphQLParams {
  const json = (name: string): unknown => {
    const text = search.get(name);
    return text ? parseJson(text, `The parameter "${name}" of the URL`) : undefined;
  };
  const params = {
    query: search.get('query') || undefined,
    operationName: search.get('operationName') || undefined,
    variables: json('variables'),
    extensions: json('extensions'),
  };
  return params as GraphQLParams;
}

function parseJson(text: string, what: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    throw badRequest(`${what} is not valid JSON.`);
  }
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
}
