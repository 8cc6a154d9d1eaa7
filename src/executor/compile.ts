/** Compiles an operation, so that executing a cached document is fast. */

import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { planOperation } from './plan.ts';
import { runPlan } from './run.ts';
import { type CoerceVariables, createCompileVariables, type Variables } from './variables.ts';

export interface CompiledOperation<Context> {
  /** The number of fields in its plan, which determines its memory; 0 if graphql-js executes it. */
  readonly fieldCount: number;
  /** Coerces valid variables; returns null for invalid ones. */
  readonly coerceVariables: CoerceVariables;
  /** Executes as graphql-js does. The variables must be coerced; each input type must accept a coerced value and not change it. */
  execute(context: Context, variables: Variables): ExecutionResult | PromiseLike<ExecutionResult>;
}

/** The document must be valid, and contain the operation. */
export type CompileOperation<Context> = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
) => CompiledOperation<Context>;

/** Creates a compiler for the operations of one schema. */
export function createCompileOperation<Context>(schema: GraphQLSchema): CompileOperation<Context> {
  const compileVariables = createCompileVariables(schema);

  return (document, operation) => {
    const plan = planOperation(schema, document, operation);
    return {
      fieldCount: plan?.fieldCount ?? 0,
      coerceVariables: compileVariables(operation),
      execute(context, variables) {
        if (plan?.conditionVariables.every((name) => typeof variables[name] === 'boolean')) {
          return runPlan(plan, context, variables);
        }
        const operationName = operation.name?.value;
        return execute({ schema, document, operationName, contextValue: context, variableValues: variables });
      },
    };
  };
}
