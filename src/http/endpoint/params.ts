/** Parses the parameters of a GraphQL request from JSON or from its URL. */

import type { GraphQLParams } from 'graphql-yoga';
import { isPlainObject, parseExactJson } from '../../conversation/exact-json.ts';
import { BadRequest } from './errors.ts';

/** Parses the text but does not check the parameters, which Yoga does. `what` names the text in messages. */
export function parseParams(text: string, what: string): GraphQLParams | BadRequest {
  const params = parseJson(text, what);
  if (params instanceof BadRequest) return params;
  if (!isPlainObject(params)) {
    const fact = Array.isArray(params) ? 'Batching is not supported. ' : '';
    return new BadRequest(`${fact}${what} must be a JSON object: {"query": "…", "variables": {…}}.`);
  }
  // Some clients send an empty name if the operation has none; a GET ignores it too.
  if (params['operationName'] === '') delete params['operationName'];
  return params;
}

/** Parses the URL of a GET. */
export function parseUrlParams(url: string): GraphQLParams | BadRequest {
  const { searchParams } = new URL(url, 'http://localhost');
  const json = (name: string): unknown => {
    const text = searchParams.get(name);
    return text ? parseJson(text, `The parameter "${name}" of the URL`) : undefined;
  };
  const variables = json('variables');
  if (variables instanceof BadRequest) return variables;
  const extensions = json('extensions');
  if (extensions instanceof BadRequest) return extensions;
  const params = {
    query: searchParams.get('query') || undefined,
    documentId: searchParams.get('documentId') || undefined,
    operationName: searchParams.get('operationName') || undefined,
    variables,
    extensions,
  };
  return params as GraphQLParams;
}

function parseJson(text: string, what: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return new BadRequest(`${what} is not valid JSON.`);
  }
}

const parameterNames = ['query', 'operationName', 'variables', 'extensions'];

/** Whether it has only the parameters of GraphQL over HTTP. */
export function hasOnlyParameters(params: object): boolean {
  return Object.keys(params).every((name) => parameterNames.includes(name));
}
