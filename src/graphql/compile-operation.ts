/** Compiles an operation into a plan, so that a document that comes again costs little to execute. */

import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import type { Variables } from './coerce-variables.ts';
import type { GraphQLContext } from './context.ts';
import { planOperation } from './plan-operation.ts';
import { type CoercePlainly, planVariables } from './plan-variables.ts';
import { type Plan, runPlan } from './run-plan.ts';

export interface CompiledOperation {
  readonly definition: OperationDefinitionNode;
  /** Coerces its variables where they are as they should be. */
  readonly coercePlainly: CoercePlainly;
  /**
   * Takes coerced variables, and answers as graphql-js would, to the letter. Null, with nothing executed, where a plan
   * does not cover what is asked for: introspection, or a condition that is null.
   */
  readonly execute: (context: GraphQLContext, variables: Variables) => Promise<ExecutionResult> | null;
}

/** Each combination of the conditions in `@skip` and `@include` has a plan of its own; of more than these, none is kept. */
const maxPlans = 16;

/** Takes a document that is valid. Null where it has no such operation. */
export function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
): CompiledOperation | null {
  const operation = getOperationAST(document, operationName);
  if (!operation) return null;
  const nodes = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  const fragments = Object.fromEntries(nodes.map((fragment) => [fragment.name.value, fragment]));
  const conditions = variablesInDirectives(document);
  const plans = new Map<string, Plan | null>();

  const planFor = (variables: Variables): Plan | null => {
    const key = conditions.map((name) => variables[name]).join();
    const known = plans.get(key);
    if (known !== undefined) return known;
    // The conditions alone: a plan outlives the request, whose other variables are a customer's.
    const values = Object.fromEntries(conditions.map((name) => [name, variables[name]]));
    const plan = planOperation({ schema, fragments, operation, variables: values });
    if (plans.size < maxPlans) plans.set(key, plan);
    return plan;
  };

  return {
    definition: operation,
    coercePlainly: planVariables(schema, operation),
    execute(context, variables) {
      const plan = planFor(variables);
      return plan && runPlan(plan, context, variables);
    },
  };
}

function variablesInDirectives(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(directive) {
      for (const { value } of directive.arguments ?? []) {
        if (value.kind === Kind.VARIABLE) names.add(value.name.value);
      }
    },
  });
  return [...names];
}
