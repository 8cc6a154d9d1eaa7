/** The `JSONObject` scalar: any JSON object. Numbers keep all their digits. */

import { GraphQLError, Kind, type ObjectValueNode, type ValueNode } from 'graphql';
import {
  exactNumber,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  maxJsonDepth,
} from '../../conversation/exact-json.ts';
import type { Variables } from '../../executor/variables.ts';
import { builder } from '../builder.ts';

const explanation = `A JSONObject must be an object, {…}, at most ${maxJsonDepth} levels deep.`;

builder.scalarType('JSONObject', {
  description:
    `A JSON object of any shape, at most ${maxJsonDepth} levels deep. ` +
    'Numbers of any length keep their exact value in both directions.',
  serialize: (object) => object,
  parseValue: (value) => {
    if (isJsonObject(value)) return value;
    throw refusal(value);
  },
  parseLiteral: (node, variables) => {
    const object = node.kind === Kind.OBJECT ? objectFromLiteral(node, variables ?? {}) : null;
    if (isJsonObject(object)) return object;
    throw refusal(object, node);
  },
});

/** An invalid value that is an object is too deep. That exceeds a limit, so the status is 400 even for a client that expects 200. */
function refusal(value: unknown, nodes: ValueNode | null = null): GraphQLError {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const extensions = isObject ? { http: { spec: false, status: 400 } } : {};
  return new GraphQLError(explanation, { nodes, extensions });
}

function objectFromLiteral(node: ObjectValueNode, variables: Variables): JsonObject {
  const given = node.fields.filter(
    ({ value }) => value.kind !== Kind.VARIABLE || Object.hasOwn(variables, value.name.value),
  );
  // `fromEntries`, because an assignment to the key "__proto__" would not create a property.
  return Object.fromEntries(given.map(({ name, value }) => [name.value, valueFromLiteral(value, variables)]));
}

function valueFromLiteral(node: ValueNode, variables: Variables): JsonValue {
  switch (node.kind) {
    case Kind.OBJECT:
      return objectFromLiteral(node, variables);
    case Kind.LIST:
      return node.values.map((value) => valueFromLiteral(value, variables));
    case Kind.INT:
    case Kind.FLOAT:
      return exactNumber(node.value);
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.NULL:
      return null;
    case Kind.VARIABLE:
      // A missing variable in a list is null. `parseLiteral` checks at the end that the values are JSON: an upload is not.
      return (variables[node.name.value] ?? null) as JsonValue;
    case Kind.ENUM:
      throw new GraphQLError(`JSON has no value ${node.value}; quote it if it is a string.`, { nodes: node });
  }
}
