/** Reads the parameters of a GraphQL request from its JSON body. */

import { GraphQLError } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { parseExactJson } from '../conversation/exact-json.ts';

/** Yoga checks the parameters themselves; this only gets them out of the text. @throws GraphQLError, status 400 */
export function parseParams(text: string): GraphQLParams {
  let params: unknown;
  try {
    params = parseExactJson(text);
  } catch {
    throw badRequest('The body of the request is not valid JSON.');
  }
  if (typeof params !== 'object' || params === null) {
    throw badRequest('The body of the request has to be a JSON object: {"query": "…", "variables": {…}}.');
  }
  return params;
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'BAD_REQUEST', http: { spec: true, status: 400 } },
  });
}
