/** The schema keeps its contract, and every name in it is explained. */

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

test('nothing of the contract is missing or of another type', () => {
  expect(findBreakingChanges(contract, schema)).toEqual([]);
});

test('a change of the contract would be found', () => {
  const source = readFileSync(new URL('./contract.graphql', import.meta.url), 'utf8');
  const stricter = buildSchema(`${source} extend type Query { another: String! }`);
  expect(findBreakingChanges(stricter, schema)).toHaveLength(1);
});

test('exactly these inputs take one field of several', () => {
  const inputs = Object.values(schema.getTypeMap()).filter(isInputObjectType);
  const oneOfs = inputs.filter((type: GraphQLInputObjectType) => type.isOneOf).map(({ name }) => name);
  expect(oneOfs.sort()).toEqual(['ReplyActionInput', 'ReplySenderInput']);
});

const ownTypes = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);

test.each(ownTypes.map((type) => [type.name, type] as const))(
  'every name of %s is described in full sentences',
  (_name, type) => {
    const descriptions = describedNames(type);
    expect(descriptions.length).toBeGreaterThan(0);
    for (const [name, description] of descriptions) {
      expect(description, name).toMatch(/^[A-Z`].*[.]$/s);
      expect(description, name).not.toMatch(/\s{2}|\s$|\bundefined\b/);
    }
  },
);

test('what is deprecated says what to use', () => {
  const fields = ownTypes.flatMap((type) =>
    isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [],
  );
  const reasons = fields.flatMap((field) =>
    field.deprecationReason == null ? [] : [field.deprecationReason],
  );
  expect(reasons).toEqual(Array(3).fill('Dashly deprecates it; use type.'));
});

/** The type, and everything that has a name inside it. */
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
