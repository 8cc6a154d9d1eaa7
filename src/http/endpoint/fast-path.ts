/** Executes operations of known documents without Yoga, whose pipeline costs more than the rest of a small reply. */

import type { GraphQLParams } from 'graphql-yoga';
import type { Variables } from '../../executor/variables.ts';
import type { Documents } from '../documents/documents.ts';
import type { ExecuteOperation } from './execute-operation.ts';
import type { Executed, GraphQLRequest, ReadParams } from './graphql-request.ts';
import { hasOnlyParameters, isObject } from './params.ts';

/** Resolves to null, and executes nothing, if the parameters are unusual or the document is new: Yoga decides about those. */
export type ExecuteKnown = (
  params: GraphQLParams,
  read: ReadParams,
  request: GraphQLRequest,
) => Promise<Executed | null>;

export function createFastPath(documents: Documents, executeOperation: ExecuteOperation): ExecuteKnown {
  return async (anyParams, read, request) => {
    // Yoga refuses mutations by GET.
    if (request.req.method !== 'POST') return null;
    const params = plainParams(anyParams);
    if (!params) return null;
    const operation = documents.find(params.query)?.operation(params.operationName);
    if (!operation) return null;
    const result = await executeOperation(operation, params.variables, read, request);
    return { operationName: operation.name, result };
  };
}

/** Parameters that Yoga would accept. */
interface PlainParams {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Variables;
}

/** Returns null for unusual parameters, about which Yoga decides. */
function plainParams(params: GraphQLParams): PlainParams | null {
  const { query, operationName, variables, extensions } = params as Record<string, unknown>;
  const isPlain =
    typeof query === 'string' &&
    (operationName == null || typeof operationName === 'string') &&
    (variables == null || isObject(variables)) &&
    (extensions == null || isObject(extensions)) &&
    hasOnlyParameters(params);
  return isPlain ? { query, operationName: operationName ?? undefined, variables: variables ?? {} } : null;
}
