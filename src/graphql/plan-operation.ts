/** Plans an operation: which field to resolve where, and what to make of its value. */

import {
  type FieldNode,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
} from 'graphql';
import { collectFields, type FieldNodes } from './collect-fields.ts';
import { PlannedInfo } from './planned-info.ts';
import {
  type Compilation,
  type Complete,
  executeFields,
  type FieldPlan,
  locate,
  nullFor,
  type Plan,
  type VariableArgument,
} from './run-plan.ts';

/** Null where a plan does not cover what is asked for: introspection, or a condition that is null. */
export function planOperation(compilation: Compilation): Plan | null {
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
      variableArguments: planArguments(definition, nodes[0]),
      complete: planValue(compilation, definition.type, nodes),
    };
  });
}

function planArguments(
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
): readonly VariableArgument[] | null {
  const planned = (node.arguments ?? []).flatMap(({ name, value }) =>
    value.kind === Kind.VARIABLE ? { name: name.value, variable: value.name.value } : [],
  );
  // One that is not given may have a default.
  return planned.length === definition.args.length ? planned : null;
}

function planValue(compilation: Compilation, type: GraphQLOutputType, nodes: FieldNodes): Complete {
  if (isNonNullType(type)) return required(planValue(compilation, type.ofType, nodes));
  if (isListType(type)) return list(type.ofType, planValue(compilation, type.ofType, nodes));
  if (isLeafType(type)) return leaf(type);
  const selectionSets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  if (isObjectType(type)) {
    if (type.isTypeOf) throw new NotPlannable();
    const fields = planFields(compilation, type, selectionSets);
    return (value, info) => (value == null ? null : executeFields(fields, value, info));
  }
  return abstract(compilation, type, selectionSets);
}

function required(complete: Complete): Complete {
  return (value, info) => {
    const completed = complete(value, info);
    if (completed !== null) return completed;
    throw new Error(`Cannot return null for non-nullable field ${info.parentType.name}.${info.fieldName}.`);
  };
}

function list(itemType: GraphQLOutputType, complete: Complete): Complete {
  return (value, info) => {
    if (value == null) return null;
    if (!Array.isArray(value)) throw new Error(`${info.parentType.name}.${info.fieldName} is to be a list.`);
    return value.map((item, index) => {
      const itemInfo = new PlannedInfo(info.run, info.field, info, index);
      try {
        return complete(item, itemInfo);
      } catch (error) {
        return nullFor(itemType, info.run, locate(error, itemInfo));
      }
    });
  };
}

function leaf(type: GraphQLLeafType): Complete {
  return (value) => {
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
  return (value, info) => {
    if (value instanceof Error) throw value;
    if (value == null) return null;
    const name = resolveType(value, info.run.context, info, type);
    const fields = typeof name === 'string' ? plans.get(name) : undefined;
    if (!fields)
      throw new Error(`What ${info.parentType.name}.${info.fieldName} returned is no ${type.name}.`);
    return executeFields(fields, value, info);
  };
}
