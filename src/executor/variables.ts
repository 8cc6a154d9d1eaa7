/** Compiles the coercion of an operation's variables, so that their types are looked up only once. */

import {
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  isLeafType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';

/** The values of variables by their names. */
export type Variables = { readonly [name: string]: unknown };

/** Coerces as graphql-js does. Returns null for invalid values and a few rare valid ones, which graphql-js must coerce or report. */
export type CoerceVariables = (variables: Variables) => Variables | null;

/** Converts a value to the one that a resolver receives. @throws if it cannot. */
type Coerce = (value: unknown) => unknown;

/** The operation must be part of a valid document. */
export type CompileVariables = (operation: OperationDefinitionNode) => CoerceVariables;

/** Creates a compiler for the operations of one schema. They share the coercion of its types. */
export function createCompileVariables(schema: GraphQLSchema): CompileVariables {
  const coerceType = createCoerceType();

  return ({ variableDefinitions = [] }) => {
    const plans = variableDefinitions.map(({ variable, type: typeNode, defaultValue }) => {
      const type = typeFromAST(schema, typeNode);
      const coerce = isInputType(type) ? coerceType(type) : fail;
      return {
        name: variable.name.value,
        coerce,
        isRequired: isNonNullType(type) && !defaultValue,
        ...(defaultValue && isInputType(type) && { defaultValue: valueFromAST(defaultValue, type) }),
      };
    });

    return (variables) => {
      const coerced = new NullObject();
      try {
        for (const plan of plans) {
          if (Object.hasOwn(variables, plan.name)) coerced[plan.name] = plan.coerce(variables[plan.name]);
          else if ('defaultValue' in plan) coerced[plan.name] = plan.defaultValue;
          else if (plan.isRequired) return null;
        }
        return coerced;
      } catch {
        return null;
      }
    };
  };
}

/** Each input object is compiled once, since input objects may be recursive. */
function createCoerceType(): (type: GraphQLInputType) => Coerce {
  const coerceByName = new Map<string, Coerce>();

  function coerceType(type: GraphQLInputType): Coerce {
    if (isNonNullType(type)) {
      const coerce = coerceType(type.ofType);
      return (value) => (value == null ? fail() : coerce(value));
    }
    if (isListType(type)) {
      const coerce = coerceType(type.ofType);
      return (value) =>
        value == null ? null : Array.isArray(value) ? value.map((item) => coerce(item)) : fail();
    }
    if (isLeafType(type)) {
      return (value) => {
        if (value == null) return null;
        const coerced = type.parseValue(value);
        return coerced === undefined ? fail() : coerced;
      };
    }
    const known = coerceByName.get(type.name);
    if (known) return known;
    let coerceObject: Coerce = fail;
    const coerce: Coerce = (value) => coerceObject(value);
    coerceByName.set(type.name, coerce);
    coerceObject = coerceFields(type);
    return coerce;
  }

  function coerceFields(type: GraphQLInputObjectType): Coerce {
    const fields = Object.values(type.getFields()).map((field: GraphQLInputField) => ({
      name: field.name,
      defaultValue: field.defaultValue,
      isRequired: isNonNullType(field.type),
      coerce: coerceType(field.type),
    }));
    return (value) => {
      if (value == null) return null;
      if (typeof value !== 'object' || Array.isArray(value)) return fail();
      const given = value as Variables;
      const coerced = new NullObject();
      let count = 0;
      for (const { name, defaultValue, isRequired, coerce } of fields) {
        const item = given[name];
        if (item !== undefined) {
          coerced[name] = coerce(item);
          count++;
        } else if (defaultValue !== undefined) coerced[name] = defaultValue;
        else if (isRequired) return fail();
      }
      const names = Object.keys(given);
      // An unknown name, or an undefined value.
      if (names.length !== count) return fail();
      const [only = ''] = names;
      if (type.isOneOf && (count !== 1 || coerced[only] === null)) return fail();
      return coerced;
    };
  }

  return coerceType;
}

function fail(): never {
  throw new CoercionFailed();
}

/** Thrown and caught in this file, so it has no stack. */
class CoercionFailed {}

/** Like `Object.create(null)`, so that any name can be a key; V8 makes hash tables of those, and `JSON.stringify` needs three times as long. */
export const NullObject = function NullObject() {} as unknown as new () => Record<string, unknown>;
NullObject.prototype = Object.create(null);
