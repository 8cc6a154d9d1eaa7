/** Executes a plan. */

import {
  defaultFieldResolver,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getArgumentValues,
  isNonNullType,
  locatedError,
  type OperationDefinitionNode,
  responsePathAsArray,
} from 'graphql';
import type { Variables } from './coerce-variables.ts';
import type { CollectOptions, FieldNodes } from './collect-fields.ts';
import type { GraphQLContext } from './context.ts';

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

export type Path = GraphQLResolveInfo['path'];

/** Turns what a resolver returned into its part of the answer, or throws. */
export type Complete = (run: Run, value: unknown, info: GraphQLResolveInfo) => unknown;

export interface FieldPlan {
  readonly key: string;
  readonly nodes: FieldNodes;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly parentType: GraphQLObjectType;
  readonly complete: Complete;
}

/** Answers as graphql-js would, to the letter. Takes coerced variables. */
export function runPlan(plan: Plan, context: GraphQLContext, variables: Variables): Promise<ExecutionResult> {
  return execute(plan.fields, { compilation: plan.compilation, context, variables, errors: [] });
}

/** Fields of the root type may take their time, one after the other; all below them have their values at hand. */
async function execute(fields: readonly FieldPlan[], run: Run): Promise<ExecutionResult> {
  const data = Object.create(null);
  for (const field of fields) {
    const info = infoOf(run, field, undefined);
    try {
      data[field.key] = field.complete(run, await resolve(run, field, undefined, info), info);
    } catch (error) {
      const located = locate(error, field, info);
      run.errors.push(located);
      if (isNonNullType(field.definition.type)) return { errors: run.errors, data: null };
      data[field.key] = null;
    }
  }
  return run.errors.length === 0 ? { data } : { errors: run.errors, data };
}

export function executeFields(fields: readonly FieldPlan[], run: Run, source: unknown, path: Path): unknown {
  const data = Object.create(null);
  for (const field of fields) {
    const info = infoOf(run, field, path);
    try {
      const value = resolve(run, field, source, info);
      if (value instanceof Promise)
        throw new Error(`${field.parentType.name}.${field.key} has no value at hand.`);
      data[field.key] = field.complete(run, value, info);
    } catch (error) {
      data[field.key] = nullFor(field.definition.type, run, locate(error, field, info));
    }
  }
  return data;
}

function resolve(
  run: Run,
  { definition, nodes }: FieldPlan,
  source: unknown,
  info: GraphQLResolveInfo,
): unknown {
  const args = definition.args.length > 0 ? getArgumentValues(definition, nodes[0], run.variables) : {};
  return (definition.resolve ?? defaultFieldResolver)(source, args, run.context, info);
}

function infoOf(
  { compilation, variables }: Run,
  field: FieldPlan,
  prev: Path | undefined,
): GraphQLResolveInfo {
  return {
    fieldName: field.definition.name,
    fieldNodes: field.nodes,
    returnType: field.definition.type,
    parentType: field.parentType,
    path: { prev, key: field.key, typename: field.parentType.name },
    schema: compilation.schema,
    fragments: compilation.fragments,
    rootValue: undefined,
    operation: compilation.operation,
    variableValues: variables,
  };
}

function locate(error: unknown, { nodes }: FieldPlan, { path }: GraphQLResolveInfo): GraphQLError {
  return locatedError(error, nodes, responsePathAsArray(path));
}

/** Null stands in for a value that failed, unless the type forbids it: then what it belongs to fails. */
export function nullFor(type: GraphQLOutputType, run: Run, error: GraphQLError): null {
  if (isNonNullType(type)) throw error;
  run.errors.push(error);
  return null;
}
