/** The subgraph: its SDL, its keys and directives, and who may read it. */

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
import { askJson } from '../support/ask.ts';
import { startGateway } from '../support/start-gateway.ts';

const committed = readFileSync(new URL('../../schema/subgraph.graphql', import.meta.url), 'utf8');
const service = { query: '{ _service { sdl } }' };

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

describe('_service', () => {
  test.each<[environment: Record<string, string>, sdl: string]>([
    [{}, committed],
    [{ NODE_ENV: 'production', DASHLY_API_URL: 'sandbox', INTROSPECTION: 'true' }, committed],
    [{ TYPE_PREFIX: 'Dashly' }, createSubgraph(schema, 'Dashly').sdl],
  ])('returns the committed SDL from both executors with %j', async (environment, sdl) => {
    const { url } = await startGateway(environment);
    for (const _time of [1, 2, 3]) {
      const { text } = await askJson(url, service);
      expect(JSON.parse(text)).toEqual({ data: { _service: { sdl } } });
    }
    const { text } = await askJson(url, {
      query:
        'query ($no: Boolean!) { a: _service { ...T b: sdl @skip(if: $no) } } fragment T on _Service { __typename }',
      variables: { no: false },
    });
    expect(JSON.parse(text)).toEqual({ data: { a: { __typename: '_Service', b: sdl } } });
  });

  test.each([{}, { INTROSPECTION: 'false' }, { TYPE_PREFIX: 'Dashly' }])(
    'is rejected in production with %j, in every kind of document',
    async (environment) => {
      const production = { NODE_ENV: 'production', DASHLY_API_URL: 'sandbox' };
      const { url } = await startGateway({ ...production, ...environment });
      const documents = [
        '{ _service { sdl } }',
        '{ replyLimits { __typename } x: _service { __typename } }',
        'query Q { ...F } fragment F on Query { ... { _service { sdl } } }',
        'query Q($no: Boolean = false) { _service @include(if: $no) { sdl } }',
      ];
      for (const query of [...documents, ...documents]) {
        const { text } = await askJson(url, { query });
        const { data, errors } = JSON.parse(text);
        expect(data).toBeUndefined();
        expect(errors[0].message).toContain('Introspection is disabled');
        expect(text).not.toMatch(/@key|scalar/);
      }
      const get = await fetch(`${url}?query=${encodeURIComponent(service.query)}`);
      expect((await get.json()).data).toBeUndefined();
      const { text } = await askJson(url, { query: '{ replyLimits { attachmentMaxBytes } }' });
      expect(JSON.parse(text).errors).toBeUndefined();
    },
  );

  test('is part of the executable schema, but of no committed file', async () => {
    const served = createSubgraph(schema).schema;
    expect(served.getQueryType()?.getFields()).toHaveProperty('_service');
    expect(served.getType('_Service')).toBeDefined();
    expect(printSchema(schema)).not.toContain('_service');
    expect(committed).not.toMatch(/_service|_Service|_entities|_Any|_Entity/);
  });
});

describe.each([
  ['', committed],
  ['Dashly', createSubgraph(schema, 'Dashly').sdl],
])('the subgraph with the prefix "%s"', (prefix, sdl) => {
  test('has keys on the three entities, which are not resolvable', () => {
    const keyed = Object.entries(directivesOf(sdl)).filter(([, directives]) =>
      directives.some(([name]) => name === 'key'),
    );
    const key = ['key', { fields: 'id', resolvable: false }];
    expect(Object.fromEntries(keyed)).toEqual(
      Object.fromEntries(['Conversation', 'User', 'ConversationPart'].map((name) => [prefix + name, [key]])),
    );
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
