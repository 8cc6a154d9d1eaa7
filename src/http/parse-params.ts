/** Reads the parameters of a GraphQL request, from its JSON body or from its URL. */

import type { GraphQLParams } from 'graphql-yoga';
import { parseExactJson } from '../conversation/exact-json.ts';
import { BadRequest } from './bad-request.ts';

/**
 * Yoga checks the parameters themselves; this only gets them out of the text, which a message calls `what`.
 *
 * @throws BadRequest
 */
export function parseParams(text: string, what = 'The body of the request'): GraphQLParams {
  const params = parseJson(text, what);
  if (typeof params === 'object' && params !== null) return params;
  throw new BadRequest(`${what} has to be a JSON object: {"query": "…", "variables": {…}}.`);
}

const parameterNames = ['query', 'operationName', 'variables', 'extensions'];

/** Whether there is nothing but what GraphQL over HTTP names. */
export function hasOnlyParameters(params: object): boolean {
  return Object.keys(params).every((name) => parameterNames.includes(name));
}

/** For a GET. @throws BadRequest */
export function parseQueryParams(search: URLSearchParams): GraphQLParams {
  const json = (name: string): unknown => {
    const text = search.get(name);
    return text ? parseJson(text, `The parameter "${name}" of the URL`) : undefined;
  };
  const params = {
    query: search.get('query') || undefined,
    documentId: search.get('documentId') || undefined,
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
    throw new BadRequest(`${what} is not valid JSON.`);
  }
}
