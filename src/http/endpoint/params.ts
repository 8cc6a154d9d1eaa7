/** Parses the parameters of a GraphQL request from its JSON body or its URL. */

import type { GraphQLParams } from 'graphql-yoga';
import { parseExactJson } from '../../conversation/exact-json.ts';
import { BadRequest } from './errors.ts';

/** Parses a JSON body. It ignores a byte order mark, as RFC 8259 allows: some Windows tools write one. @throws BadRequest */
export function parseBodyParams(text: string): GraphQLParams {
  return parseParams(text.replace(/^\uFEFF/, ''), 'The body of the request');
}

/**
 * Parses the text but does not check the parameters, which Yoga does. `what` names the text in messages.
 *
 * @throws BadRequest
 */
export function parseParams(text: string, what: string): GraphQLParams {
  const params = parseJson(text, what);
  if (isObject(params)) {
    // Some clients send an empty name if the operation has none; a GET ignores it too.
    if (params['operationName'] === '') delete params['operationName'];
    return params;
  }
  throw new BadRequest(`${what} must be a JSON object: {"query": "…", "variables": {…}}.`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const parameterNames = ['query', 'operationName', 'variables', 'extensions'];

/** Whether it has only the parameters of GraphQL over HTTP. */
export function hasOnlyParameters(params: object): boolean {
  return Object.keys(params).every((name) => parameterNames.includes(name));
}

/** Parses the URL of a GET. @throws BadRequest */
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
