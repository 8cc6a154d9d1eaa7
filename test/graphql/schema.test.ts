/** The schema follows the contract, and everything in it has a description. */

import { readFileSync } from 'node:fs';
import {
  buildSchema,
  findBreakingChanges,
  type GraphQLInputObjectType,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  validateSchema,
} from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';

const contract = buildSchema(readFileSync(new URL('./contract.graphql', import.meta.url), 'utf8'));

test('the schema is valid', () => {
  expect(validateSchema(schema)).toEqual([]);
});

test('the schema has no breaking change against the contract', () => {
  expect(findBreakingChanges(contract, schema)).toEqual([]);
});

test('the contract has everything in the schema, so that none of it can be removed later', () => {
  const missing = findBreakingChanges(schema, contract).map(({ description }) => description);
  expect(missing.filter((it) => !it.startsWith('Standard scalar '))).toEqual([]);
});

test('a difference from the contract is detected', () => {
  const source = readFileSync(new URL('./contract.graphql', import.meta.url), 'utf8');
  const stricter = buildSchema(`${source} extend type Query { another: String! }`);
  expect(findBreakingChanges(stricter, schema)).toHaveLength(1);
});

test('exactly two input types are @oneOf', () => {
  const inputs = Object.values(schema.getTypeMap()).filter(isInputObjectType);
  const oneOfs = inputs.filter((type: GraphQLInputObjectType) => type.isOneOf).map(({ name }) => name);
  expect(oneOfs.sort()).toEqual(['ReplyActionInput', 'ReplySenderInput']);
});

const ownTypes = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);

test.each(ownTypes.map((type) => [type.name, type] as const))(
  'everything in %s has a description in full sentences',
  (_name, type) => {
    const descriptions = describedNames(type);
    expect(descriptions.length).toBeGreaterThan(0);
    for (const [name, description] of descriptions) {
      expect(description, name).toMatch(/^[A-Z`].*[.]$/s);
      expect(description, name).not.toMatch(/\s{2}|\s$|\bundefined\b/);
    }
  },
);

test('each deprecation names the replacement', () => {
  const fields = ownTypes.flatMap((type) =>
    isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [],
  );
  const reasons = fields.flatMap((field) =>
    field.deprecationReason == null ? [] : [field.deprecationReason],
  );
  expect(reasons).toEqual(Array(3).fill('Dashly deprecates it; use type.'));
});

/** The type, its fields, arguments and values, with their descriptions. */
function describedNames(type: GraphQLNamedType): [name: string, description: string | null | undefined][] {
  const members =
    isObjectType(type) || isInterfaceType(type)
      ? Object.values(type.getFields()).flatMap((field) => [field, ...field.args])
      : isInputObjectType(type)
        ? Object.values(type.getFields())
        : isEnumType(type)
          ? type.getValues()
          : [];
  return [type, ...members].map(({ name, description }) => [name, description]);
}
