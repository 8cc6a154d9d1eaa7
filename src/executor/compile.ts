/** Compiles an operation, so that a document that comes again costs little to execute. */

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
  /** How many fields its plan has, which is what it holds; 0 if graphql-js executes it. */
  readonly fieldCount: number;
  /** Coerces variables without a mistake; null for any others. */
  readonly coerceVariables: CoerceVariables;
  /** Executes as graphql-js does. Takes coerced variables; each input type must accept a coerced value, and not change it. */
  execute(context: Context, variables: Variables): ExecutionResult | PromiseLike<ExecutionResult>;
}

/** Takes a valid document, and one of its operations. */
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
