/** Checks the variables of an operation as the specification says, and keeps 64-bit ids whole on the way. */

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

/** Each error shows the value as a whole, which takes its time. */
const maxErrors = 3;

export type CoercedVariables =
  | { readonly coerced: Variables; readonly errors?: never }
  | { readonly coerced?: never; readonly errors: readonly GraphQLError[] };

/**
 * Coerced values, or what is wrong with them. Coercing them again changes nothing: no type of this schema changes a
 * value that it has taken. The errors may suggest names of the schema, unless `hideSuggestions` says no.
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

  // Pothos insists on graphql-js' own ID, which does not know an ExactNumber. Those are rare: look for them only now.
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
