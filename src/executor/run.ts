/** Runs a plan. */

import {
  defaultFieldResolver,
  type ExecutionResult,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  isNonNullType,
  locatedError,
  type OperationDefinitionNode,
  responsePathAsArray,
} from 'graphql';
import { hold } from './conditions.ts';
import {
  CollectedErrors,
  type Complete,
  FieldInfo,
  type FieldPlan,
  type Run,
  type VariableArgument,
} from './field-info.ts';
import type { Variables } from './variables.ts';
import { NullObject } from './variables.ts';

export interface Plan {
  readonly schema: GraphQLSchema;
  readonly fragments: GraphQLResolveInfo['fragments'];
  readonly operation: OperationDefinitionNode;
  /** Of the root type. */
  readonly fields: readonly FieldPlan[];
}

/** Executes as graphql-js does, and returns a promise only if a resolver returned one. The variables must be coerced. */
export function runPlan(
  { schema, fragments, operation, fields }: Plan,
  context: unknown,
  variables: Variables,
): ExecutionResult | PromiseLike<ExecutionResult> {
  const errors = new CollectedErrors();
  const run: Run = { schema, fragments, operation, context, variables, errors };
  const respond = (data: unknown) => toResult(data as Data, errors);
  const fail = (error: unknown) => {
    errors.add(locatedError(error, undefined), null);
    return toResult(null, errors);
  };
  try {
    const data =
      operation.operation === 'mutation' ? runSerially(fields, run) : runFields(fields, undefined, run, null);
    return isPromise(data) ? data.then(respond, fail) : respond(data);
  } catch (error) {
    return fail(error);
  }
}

type Data = NonNullable<ExecutionResult['data']> | null;

function toResult(data: Data, { list }: CollectedErrors): ExecutionResult {
  return list.length === 0 ? { data } : { errors: list, data };
}

/** Runs the fields of a mutation one after the other. */
function runSerially(fields: readonly FieldPlan[], run: Run): unknown {
  const data = new NullObject();
  let previous: unknown;
  for (const field of fields) {
    if (!hold(field.conditions, run.variables)) continue;
    const add = (value: unknown): void => {
      data[field.key] = value;
    };
    const runNext = () => {
      const value = runField(field, undefined, run, null);
      return isPromise(value) ? value.then(add) : add(value);
    };
    previous = isPromise(previous) ? previous.then(runNext) : runNext();
  }
  return isPromise(previous) ? previous.then(() => data) : data;
}

/** Runs the fields of one object concurrently. @throws if a non-null field fails. */
export function runFields(
  fields: readonly FieldPlan[],
  source: unknown,
  run: Run,
  parent: FieldInfo | null,
): unknown {
  const data = new NullObject();
  let hasPromise = false;
  try {
    for (const field of fields) {
      if (field.conditions.length > 0 && !hold(field.conditions, run.variables)) continue;
      const value = runField(field, source, run, parent);
      data[field.key] = value;
      if (isPromise(value)) hasPromise = true;
    }
  } catch (error) {
    if (!hasPromise) throw error;
    // Rejections of the other fields must be handled.
    return resolveAll(data).finally(() => {
      throw error;
    });
  }
  return hasPromise ? resolveAll(data) : data;
}

function resolveAll(data: Record<string, unknown>): Promise<Record<string, unknown>> {
  const keys = Object.keys(data);
  return Promise.all(Object.values(data)).then((values) => {
    for (const [index, key] of keys.entries()) data[key] = values[index];
    return data;
  });
}

function runField(field: FieldPlan, source: unknown, run: Run, parent: FieldInfo | null): unknown {
  const info = new FieldInfo(run, field, parent, null);
  const { type, resolve = defaultFieldResolver } = field.definition;
  let value: unknown;
  try {
    value = resolve(source, argumentsOf(field, run.variables), run.context, info);
  } catch (error) {
    return nullFor(error, type, info);
  }
  return completeOrNull(field.complete, value, type, info);
}

/** Completes the value of a field or a list item. If that fails, the value is null, or the parent fails. */
export function completeOrNull(
  complete: Complete,
  value: unknown,
  type: GraphQLOutputType,
  info: FieldInfo,
): unknown {
  try {
    const completed = isPromise(value)
      ? completeLater(complete, value, info)
      : completeValue(complete, value, info);
    return isPromise(completed) ? nullIfRejected(completed, type, info) : completed;
  } catch (error) {
    return nullFor(error, type, info);
  }
}

/**
 * A function of its own, as `nullIfRejected`: fields without a promise create no functions. Both handle a promise in as many steps as
 * graphql-js, so that errors have the same order.
 */
function completeLater(
  complete: Complete,
  value: PromiseLike<unknown>,
  info: FieldInfo,
): PromiseLike<unknown> {
  return value.then((resolved) => completeValue(complete, resolved, info));
}

function nullIfRejected(
  completed: PromiseLike<unknown>,
  type: GraphQLOutputType,
  info: FieldInfo,
): PromiseLike<unknown> {
  return completed.then(undefined, (error: unknown) => nullFor(error, type, info));
}

function completeValue(complete: Complete, value: unknown, info: FieldInfo): unknown {
  if (value instanceof Error) throw value;
  return complete(value, info);
}

function nullFor(error: unknown, type: GraphQLOutputType, info: FieldInfo): null {
  const located = locatedError(error, info.fieldNodes, responsePathAsArray(info.path));
  if (isNonNullType(type)) throw located;
  info.run.errors.add(located, info);
  return null;
}

/** Whether graphql-js would await it. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}

const noArguments = Object.freeze({});

function argumentsOf({ definition, nodes, variableArguments }: FieldPlan, variables: Variables): Variables {
  if (definition.args.length === 0) return noArguments;
  const args = variableArguments && argumentsFrom(variableArguments, variables);
  return args ?? getArgumentValues(definition, nodes[0], variables);
}

/** Returns null if a variable has no value: then graphql-js decides whether the argument may be missing. */
function argumentsFrom(planned: readonly VariableArgument[], variables: Variables): Variables | null {
  const args: Record<string, unknown> = {};
  for (const { name, variable } of planned) {
    const value = Object.hasOwn(variables, variable) ? variables[variable] : null;
    if (value == null) return null;
    args[name] = value;
  }
  return args;
}
