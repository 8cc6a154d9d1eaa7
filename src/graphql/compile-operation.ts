/** Compiles an operation into a function, so that a document that comes again costs next to nothing to execute. */

import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { Variables } from './coerce-variables.ts';
import type { GraphQLContext } from './context.ts';

export interface CompiledOperation {
  readonly definition: OperationDefinitionNode;
  /** Takes variables that were coerced, since graphql-jit's own coercion knows no `@oneOf`. */
  readonly execute: (
    context: GraphQLContext,
    coerced: Variables,
  ) => ExecutionResult | Promise<ExecutionResult>;
}

/** Takes a document that is valid; null where it has no such operation, or cannot be compiled. */
export function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
): CompiledOperation | null {
  const definition = getOperationAST(document, operationName);
  if (!definition) return null;
  const compiled = compileQuery(schema, document, operationName);
  if (!isCompiledQuery(compiled)) return null;
  return {
    definition,
    execute: (context, coerced) =>
      compiled.query(undefined, context, coerced) as ExecutionResult | Promise<ExecutionResult>,
  };
}
