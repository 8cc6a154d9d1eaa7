/** Executes a plan. */

import {
  defaultFieldResolver,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getArgumentValues,
  isNonNullType,
  locatedError,
  type OperationDefinitionNode,
  responsePathAsArray,
} from 'graphql';
import type { Variables } from './coerce-variables.ts';
import type { CollectOptions, FieldNodes } from './collect-fields.ts';
import type { GraphQLContext } from './context.ts';
import { NameTable } from './name-table.ts';
import { PlannedInfo } from './planned-info.ts';

/** What a plan was made from; `variables` are those in conditions. */
export interface Compilation extends CollectOptions {
  readonly operation: OperationDefinitionNode;
}

export interface Plan {
  readonly compilation: Compilation;
  readonly fields: readonly FieldPlan[];
}

/** One execution. */
export interface Run {
  readonly compilation: Compilation;
  readonly context: GraphQLContext;
  readonly variables: Variables;
  readonly errors: GraphQLError[];
}

/** Turns what a resolver returned into its part of the answer, or throws. */
export type Complete = (value: unknown, info: PlannedInfo) => unknown;

export interface FieldPlan {
  readonly key: string;
  readonly nodes: FieldNodes;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly parentType: GraphQLObjectType;
  /** The variables that are its arguments as they are; null where they are anything else. */
  readonly variableArguments: readonly VariableArgument[] | null;
  readonly complete: Complete;
}

export interface VariableArgument {
  readonly name: string;
  readonly variable: string;
}

/** Answers as graphql-js would, to the letter. Takes coerced variables. */
export function runPlan(plan: Plan, context: GraphQLContext, variables: Variables): Promise<ExecutionResult> {
  return execute(plan.fields, { compilation: plan.compilation, context, variables, errors: [] });
}

/** Fields of the root type may take their time, one after the other; all below them have their values at hand. */
async function execute(fields: readonly FieldPlan[], run: Run): Promise<ExecutionResult> {
  const data = new NameTable();
  for (const field of fields) {
    const info = new PlannedInfo(run, field, null, null);
    try {
      data[field.key] = field.complete(await resolve(undefined, info), info);
    } catch (error) {
      const located = locate(error, info);
      run.errors.push(located);
      if (isNonNullType(field.definition.type)) return { errors: run.errors, data: null };
      data[field.key] = null;
    }
  }
  return run.errors.length === 0 ? { data } : { errors: run.errors, data };
}

export function executeFields(fields: readonly FieldPlan[], source: unknown, parent: PlannedInfo): unknown {
  const data = new NameTable();
  for (const field of fields) {
    const info = new PlannedInfo(parent.run, field, parent, null);
    try {
      const value = resolve(source, info);
      if (value instanceof Promise)
        throw new Error(`${field.parentType.name}.${field.key} has no value at hand.`);
      data[field.key] = field.complete(value, info);
    } catch (error) {
      data[field.key] = nullFor(field.definition.type, parent.run, locate(error, info));
    }
  }
  return data;
}

function resolve(source: unknown, info: PlannedInfo): unknown {
  const { definition } = info.field;
  const { context, variables } = info.run;
  const args = argumentsOf(info.field, variables);
  return (definition.resolve ?? defaultFieldResolver)(source, args, context, info);
}

const noArguments = Object.freeze({});

function argumentsOf({ definition, nodes, variableArguments }: FieldPlan, variables: Variables): Variables {
  if (definition.args.length === 0) return noArguments;
  const args = variableArguments && argumentsFrom(variableArguments, variables);
  return args ?? getArgumentValues(definition, nodes[0], variables);
}

/** Null where a variable has no value: whether the argument may be without one is not for us to say. */
function argumentsFrom(planned: readonly VariableArgument[], variables: Variables): Variables | null {
  const args: Record<string, unknown> = {};
  for (const { name, variable } of planned) {
    const value = variables[variable];
    if (value == null) return null;
    args[name] = value;
  }
  return args;
}

export function locate(error: unknown, info: PlannedInfo): GraphQLError {
  return locatedError(error, info.fieldNodes, responsePathAsArray(info.path));
}

/** Null stands in for a value that failed, unless the type forbids it: then what it belongs to fails. */
export function nullFor(type: GraphQLOutputType, run: Run, error: GraphQLError): null {
  if (isNonNullType(type)) throw error;
  run.errors.push(error);
  return null;
}
