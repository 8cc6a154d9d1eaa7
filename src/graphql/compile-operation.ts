/** Compiles an operation into a plan, so that a document that comes again costs little to execute. */

import {
  type DocumentNode,
  defaultFieldResolver,
  type ExecutionResult,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  getOperationAST,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  locatedError,
  type OperationDefinitionNode,
  responsePathAsArray,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql';
import type { Variables } from './coerce-variables.ts';
import { type CollectOptions, collectFields, type FieldNodes } from './collect-fields.ts';
import type { GraphQLContext } from './context.ts';

export interface CompiledOperation {
  readonly definition: OperationDefinitionNode;
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
    const plan = makePlan({ schema, fragments, operation, variables: values });
    if (plans.size < maxPlans) plans.set(key, plan);
    return plan;
  };

  return {
    definition: operation,
    execute(context, variables) {
      const plan = planFor(variables);
      return plan && execute(plan, { compilation: plan.compilation, context, variables, errors: [] });
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

function makePlan(compilation: Compilation): Plan | null {
  const { schema, operation } = compilation;
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) return null;
  try {
    return { compilation, fields: planFields(compilation, rootType, [operation.selectionSet]) };
  } catch (error) {
    if (error instanceof NotPlannable || error instanceof GraphQLError) return null;
    throw error;
  }
}

class NotPlannable extends Error {}

interface Compilation extends CollectOptions {
  readonly operation: OperationDefinitionNode;
}

interface Plan {
  readonly compilation: Compilation;
  readonly fields: readonly FieldPlan[];
}

/** One execution. */
interface Run {
  readonly compilation: Compilation;
  readonly context: GraphQLContext;
  readonly variables: Variables;
  readonly errors: GraphQLError[];
}

type Path = GraphQLResolveInfo['path'];

/** Turns what a resolver returned into its part of the answer, or throws. */
type Complete = (run: Run, value: unknown, info: GraphQLResolveInfo) => unknown;

interface FieldPlan {
  readonly key: string;
  readonly nodes: FieldNodes;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly parentType: GraphQLObjectType;
  readonly complete: Complete;
}

/** Fields of the root type may take their time, one after the other; all below them have their values at hand. */
async function execute({ fields }: Plan, run: Run): Promise<ExecutionResult> {
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

function executeFields(fields: readonly FieldPlan[], run: Run, source: unknown, path: Path): unknown {
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
function nullFor(type: GraphQLOutputType, run: Run, error: GraphQLError): null {
  if (isNonNullType(type)) throw error;
  run.errors.push(error);
  return null;
}

function planFields(
  compilation: Compilation,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): readonly FieldPlan[] {
  return [...collectFields(compilation, type, selectionSets)].map(([key, nodes]) => {
    const { name } = nodes[0];
    const definition =
      name.value === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : type.getFields()[name.value];
    if (!definition) throw new NotPlannable();
    return {
      key,
      nodes,
      definition,
      parentType: type,
      complete: planValue(compilation, definition.type, nodes),
    };
  });
}

function planValue(compilation: Compilation, type: GraphQLOutputType, nodes: FieldNodes): Complete {
  if (isNonNullType(type)) return required(planValue(compilation, type.ofType, nodes));
  if (isListType(type)) return list(type.ofType, planValue(compilation, type.ofType, nodes), nodes);
  if (isLeafType(type)) return leaf(type);
  const selectionSets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  if (isObjectType(type)) {
    if (type.isTypeOf) throw new NotPlannable();
    const fields = planFields(compilation, type, selectionSets);
    return (run, value, { path }) => (value == null ? null : executeFields(fields, run, value, path));
  }
  return abstract(compilation, type, selectionSets);
}

function required(complete: Complete): Complete {
  return (run, value, info) => {
    const completed = complete(run, value, info);
    if (completed !== null) return completed;
    throw new Error(`Cannot return null for non-nullable field ${info.parentType.name}.${info.fieldName}.`);
  };
}

function list(itemType: GraphQLOutputType, complete: Complete, nodes: FieldNodes): Complete {
  return (run, value, info) => {
    if (value == null) return null;
    if (!Array.isArray(value)) throw new Error(`${info.parentType.name}.${info.fieldName} is to be a list.`);
    return value.map((item, index) => {
      const path = { prev: info.path, key: index, typename: undefined };
      try {
        return complete(run, item, { ...info, path });
      } catch (error) {
        return nullFor(itemType, run, locatedError(error, nodes, responsePathAsArray(path)));
      }
    });
  };
}

function leaf(type: GraphQLLeafType): Complete {
  return (_run, value) => {
    if (value instanceof Error) throw value;
    if (value == null) return null;
    const serialized = type.serialize(value);
    if (serialized == null) throw new Error(`${type.name} cannot represent the value.`);
    return serialized;
  };
}

function abstract(
  compilation: Compilation,
  type: GraphQLAbstractType,
  selectionSets: readonly SelectionSetNode[],
): Complete {
  const resolveType = type.resolveType;
  if (!resolveType) throw new NotPlannable();
  const plans = new Map(
    compilation.schema
      .getPossibleTypes(type)
      .map((possible) => [possible.name, planFields(compilation, possible, selectionSets)]),
  );
  return (run, value, info) => {
    if (value instanceof Error) throw value;
    if (value == null) return null;
    const name = resolveType(value, run.context, info, type);
    const fields = typeof name === 'string' ? plans.get(name) : undefined;
    if (!fields)
      throw new Error(`What ${info.parentType.name}.${info.fieldName} returned is no ${type.name}.`);
    return executeFields(fields, run, value, info.path);
  };
}
