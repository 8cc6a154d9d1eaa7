/** The subgraph: its SDL, its keys and directives. */

import { readFileSync } from 'node:fs';
import {
  type DirectiveNode,
  type DocumentNode,
  GraphQLID,
  GraphQLObjectType,
  GraphQLSchema,
  isInputObjectType,
  isObjectType,
  Kind,
  parse,
  printSchema,
  type TypeDefinitionNode,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import type { TypeExtensions } from '../../src/graphql/extensions.ts';
import { createSubgraph } from '../../src/graphql/federation.ts';
import { schema } from '../../src/graphql/schema.ts';

const committed = readFileSync(new URL('../../schema/subgraph.graphql', import.meta.url), 'utf8');

/** The type definitions of a document. */
function typesOf({ definitions }: DocumentNode): TypeDefinitionNode[] {
  return definitions.filter((it) =>
    /^(?:Object|Interface|Union|Enum|InputObject|Scalar)TypeDefinition$/.test(it.kind),
  ) as TypeDefinitionNode[];
}

/** The directives of each type, with their arguments by name. */
function directivesOf(sdl: string): Record<string, [name: string, values: Record<string, unknown>][]> {
  const valuesOf = ({ arguments: all = [] }: DirectiveNode) =>
    Object.fromEntries(
      all.map(({ name, value }) => [name.value, 'value' in value ? value.value : value.kind]),
    );
  return Object.fromEntries(
    typesOf(parse(sdl)).map(({ name, directives = [] }) => [
      name.value,
      directives.map((it) => [it.name.value, valuesOf(it)]),
    ]),
  );
}

test('_service is part of the executable schema, but of no committed file', () => {
  const served = createSubgraph(schema).schema;
  expect(served.getQueryType()?.getFields()).toHaveProperty('_service');
  expect(served.getType('_Service')).toBeDefined();
  expect(printSchema(schema)).not.toContain('_service');
  expect(committed).not.toMatch(/_service|_Service|_entities|_Any|_Entity/);
});

describe.each([
  ['', committed],
  ['Dashly', createSubgraph(schema, 'Dashly').sdl],
])('the subgraph with the prefix "%s"', (prefix, sdl) => {
  test('has keys on the three entities, of which only the conversation is resolvable', () => {
    const keyed = Object.entries(directivesOf(sdl)).filter(([, directives]) =>
      directives.some(([name]) => name === 'key'),
    );
    const key = (more: object) => [['key', { fields: 'id', ...more }]];
    expect(Object.fromEntries(keyed)).toEqual({
      [`${prefix}Conversation`]: key({}),
      [`${prefix}User`]: key({ resolvable: false }),
      [`${prefix}ConversationPart`]: key({ resolvable: false }),
    });
  });

  test('shares the type that every graph with connections has', () => {
    const shared = Object.entries(directivesOf(sdl)).filter(([, directives]) =>
      directives.some(([name]) => name === 'shareable'),
    );
    expect(shared).toEqual([[`${prefix}PageInfo`, [['shareable', {}]]]]);
  });

  test('declares @oneOf and applies it to the same input types as the schema', () => {
    const marked = Object.entries(directivesOf(sdl)).filter(([, directives]) =>
      directives.some(([name]) => name === 'oneOf'),
    );
    const inputs = Object.values(schema.getTypeMap()).filter(
      (type) => isInputObjectType(type) && type.isOneOf,
    );
    expect(marked.map(([name]) => name).sort()).toEqual(inputs.map(({ name }) => prefix + name).sort());
    const { definitions } = parse(sdl);
    expect(
      definitions.filter((it) => it.kind === Kind.DIRECTIVE_DEFINITION).map(({ name }) => name.value),
    ).toEqual(['oneOf']);
    const [links] = definitions.filter((it) => it.kind === Kind.SCHEMA_EXTENSION);
    expect(links?.directives?.map(({ name }) => name.value)).toEqual(['link', 'link', 'composeDirective']);
  });

  test('has all types and fields of the schema for clients', () => {
    const fields = typesOf(parse(sdl)).map((type) => [
      type.name.value,
      'fields' in type
        ? type.fields?.map(({ name }) => name.value)
        : 'values' in type
          ? type.values?.map(({ name }) => name.value)
          : 'types' in type
            ? type.types?.map(({ name }) => name.value.slice(prefix.length))
            : undefined,
    ]);
    const own = typesOf(parse(printSchema(schema))).map((type) => [
      isRootOrScalar(type) ? type.name.value : prefix + type.name.value,
      'fields' in type
        ? type.fields?.map(({ name }) => name.value)
        : 'values' in type
          ? type.values?.map(({ name }) => name.value)
          : 'types' in type
            ? type.types?.map(({ name }) => name.value)
            : undefined,
    ]);
    expect(fields).toEqual(own);
  });
});

function isRootOrScalar({ kind, name }: TypeDefinitionNode): boolean {
  return kind === Kind.SCALAR_TYPE_DEFINITION || ['Query', 'Mutation'].includes(name.value);
}

test('the keys are those that the types declare', () => {
  const entity = (name: string, fields: string, resolvable: boolean) => ({
    ...new GraphQLObjectType({ name, fields: { id: { type: GraphQLID } } }).toConfig(),
    extensions: { federationKey: { fields, resolvable } } satisfies TypeExtensions,
  });
  const read = new GraphQLObjectType(entity('Read', 'id', true));
  const named = new GraphQLObjectType(entity('Named', 'id site { "id" }', false));
  const query = new GraphQLObjectType({ name: 'Query', fields: { read: { type: read } } });
  const { sdl } = createSubgraph(new GraphQLSchema({ query, types: [named] }), 'My');
  expect(sdl).toContain('type MyRead @key(fields: "id") {');
  expect(sdl).toContain('type MyNamed @key(fields: "id site { \\"id\\" }", resolvable: false) {');
});

test('createSubgraph does not change its input schema', () => {
  const before = printSchema(schema);
  const { schema: served } = createSubgraph(schema, 'Dashly');
  expect(printSchema(schema)).toBe(before);
  expect(isObjectType(served.getType('DashlyConversation'))).toBe(true);
});
