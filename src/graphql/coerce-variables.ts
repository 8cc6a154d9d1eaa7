/** Coerces the variables of an operation according to the specification, without rounding 64-bit ids. */

import {
  type GraphQLError,
  GraphQLID,
  type GraphQLInputType,
  type GraphQLSchema,
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import type { Variables } from '../executor/variables.ts';

/** Each error prints the whole value, which is slow. */
const maxErrors = 3;

export type CoercedVariables =
  | { readonly coerced: Variables; readonly errors?: never }
  | { readonly coerced?: never; readonly errors: readonly GraphQLError[] };

/**
 * Returns the coerced values or the errors. Coercing the values again changes nothing, because no type of this schema
 * changes a coerced value. Errors may suggest names of the schema unless `hideSuggestions` is true.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Variables,
  { hideSuggestions = false } = {},
): CoercedVariables {
  const definitions = operation.variableDefinitions ?? [];
  const options = { maxErrors, hideSuggestions };
  const result = getVariableValues(schema, definitions, variables, options);
  if (!result.errors) return result;

  // Pothos requires the ID scalar of graphql-js, which rejects an ExactNumber. These are rare, so convert them only after a failure.
  const withIds = { ...variables };
  for (const { variable, type: typeNode } of definitions) {
    const name = variable.name.value;
    const type = typeFromAST(schema, typeNode);
    if (isInputType(type) && Object.hasOwn(variables, name))
      withIds[name] = exactIdsToText(variables[name], type);
  }
  return getVariableValues(schema, definitions, withIds, options);
}

function exactIdsToText(value: unknown, type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return exactIdsToText(value, type.ofType);
  if (type === GraphQLID)
    return JSON.isRawJSON(value) && /^-?\d+$/.test(value.rawJSON) ? value.rawJSON : value;
  if (isListType(type)) {
    return Array.isArray(value)
      ? value.map((item) => exactIdsToText(item, type.ofType))
      : exactIdsToText(value, type.ofType);
  }
  if (!isInputObjectType(type) || typeof value !== 'object' || value === null || Array.isArray(value))
    return value;
  const fields = type.getFields();
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return [name, field ? exactIdsToText(item, field.type) : item];
    }),
  );
}
