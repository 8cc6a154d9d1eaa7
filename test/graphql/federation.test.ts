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
import { askJson } from '../support/gateway/ask.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { startUpstream } from '../support/upstream/start-upstream.ts';

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

describe('_entities', () => {
  const query =
    'query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Conversation { id } } }';

  /** Asks twice, because a known document is executed by a different executor. */
  async function resolve(url: string, representations: unknown, document = query) {
    const asked = { query: document, variables: { of: representations } };
    const params = JSON.stringify(asked).replace(/"exact (\d+)"/g, '$1');
    const [executed, compiled] = [await askJson(url, params), await askJson(url, params)];
    expect(compiled).toMatchObject({ status: 200, text: executed.text });
    return JSON.parse(executed.text);
  }

  test.each(['', 'Dashly'])(
    'resolves conversations with the prefix "%s" without a call to Dashly',
    async (prefix) => {
      const upstream = await startUpstream();
      const { url } = await startGateway({ TYPE_PREFIX: prefix, DASHLY_API_URL: upstream.url });
      const __typename = `${prefix}Conversation`;
      const ids = ['1', '18446744073709551615', 7, 'exact 1447294760057308402'];
      const representations = ids.map((id) => ({ __typename, id }));
      expect(await resolve(url, representations, query.replace('Conversation', __typename))).toEqual({
        data: {
          _entities: ['1', '18446744073709551615', '7', '1447294760057308402'].map((id) => ({
            __typename,
            id,
          })),
        },
      });
      expect(upstream.requests).toEqual([]);
    },
  );

  test.each<[representation: unknown, message: string]>([
    [{ __typename: 'Conversation', id: '0' }, 'id of a conversation'],
    [{ __typename: 'Conversation', id: null }, 'id of a conversation'],
    [{ __typename: 'Conversation', id: { a: 1 } }, 'id of a conversation'],
    [{ __typename: 'Conversation' }, 'id of a conversation'],
    [{ __typename: 'User', id: '1' }, '__typename'],
    [{ __typename: 'ConversationPart', id: '1' }, '__typename'],
    [{ __typename: 'Query', id: '1' }, '__typename'],
    [{ __typename: '__proto__', id: '1' }, '__typename'],
    [{ id: '1' }, '__typename'],
    ['Conversation', '__typename'],
    [[{ __typename: 'Conversation', id: '1' }], '__typename'],
  ])('is null for %j, and the others are resolved', async (representation, message) => {
    const { url } = await startGateway();
    const known = { __typename: 'Conversation', id: '1' };
    expect(await resolve(url, [known, representation, known])).toEqual({
      data: { _entities: [known, null, known] },
      errors: [
        expect.objectContaining({
          message: expect.stringContaining(message),
          path: ['_entities', 1],
          extensions: { code: 'BAD_USER_INPUT' },
        }),
      ],
    });
  });

  test('resolves at most 500', async () => {
    const { url } = await startGateway();
    const many = (length: number) => Array.from({ length }, () => ({ __typename: 'Conversation', id: '1' }));
    expect((await resolve(url, many(500))).data._entities).toHaveLength(500);
    expect((await resolve(url, many(501))).errors).toEqual([
      expect.objectContaining({
        message: 'At most 500 entities can be resolved in one operation, but there are 501.',
        extensions: { code: 'BAD_USER_INPUT' },
      }),
    ]);
  });

  test('works in production, where _service does not', async () => {
    const { url } = await startGateway({ NODE_ENV: 'production', DASHLY_API_URL: 'sandbox' });
    expect((await resolve(url, [{ __typename: 'Conversation', id: '5' }])).data).toEqual({
      _entities: [{ __typename: 'Conversation', id: '5' }],
    });
  });
});

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
