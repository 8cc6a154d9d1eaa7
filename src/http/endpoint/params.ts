/** Reads the parameters of a GraphQL request, from its JSON body or from its URL. */

import type { GraphQLParams } from 'graphql-yoga';
import { parseExactJson } from '../../conversation/exact-json.ts';
import { BadRequest } from './errors.ts';

/** For a body of JSON. RFC 8259 lets a parser ignore a byte order mark, which some Windows tools write. @throws BadRequest */
export function parseBodyParams(text: string): GraphQLParams {
  return parseParams(text.replace(/^\uFEFF/, ''), 'The body of the request');
}

/**
 * Yoga checks the parameters themselves; this only gets them out of the text, which a message calls `what`.
 *
 * @throws BadRequest
 */
export function parseParams(text: string, what: string): GraphQLParams {
  const params = parseJson(text, what);
  if (isObject(params)) {
    // Some clients send it if the operation has no name; by GET it counts as left out as well.
    if (params['operationName'] === '') delete params['operationName'];
    return params;
  }
  throw new BadRequest(`${what} has to be a JSON object: {"query": "…", "variables": {…}}.`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
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
