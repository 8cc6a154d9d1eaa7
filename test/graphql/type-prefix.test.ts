/** The type prefix: every type except scalars and root types has the prefix, everywhere. */

import { type DocumentNode, parse, print, printSchema, visit } from 'graphql';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { schema } from '../../src/graphql/schema.ts';
import { prefixTypes, prefixTypesInDocument } from '../../src/graphql/type-prefix.ts';

const keepTheirNames = /^(?:Query|Mutation|ID|Int|Float|String|Boolean|DateTime|JSONObject|Upload|__\w+)$/;

/** Renames the types in a document without using the schema. */
function rename(document: DocumentNode, prefix: string): DocumentNode {
  const renamed = <Node extends { readonly name: { readonly value: string } }>(node: Node): Node =>
    keepTheirNames.test(node.name.value)
      ? node
      : { ...node, name: { ...node.name, value: prefix + node.name.value } };
  return visit(document, {
    NamedType: renamed,
    ObjectTypeDefinition: renamed,
    InterfaceTypeDefinition: renamed,
    UnionTypeDefinition: renamed,
    EnumTypeDefinition: renamed,
    InputObjectTypeDefinition: renamed,
  });
}

describe('prefixTypes', () => {
  test.each(['Dashly', 'dashly_', 'X'])('adds %s to every type name and changes nothing else', (prefix) => {
    const printed = printSchema(prefixTypes(schema, prefix));
    // The order of the types may change.
    const sorted = (document: DocumentNode) => document.definitions.map((it) => print(it)).sort();
    expect(sorted(parse(printed))).toEqual(sorted(rename(parse(printSchema(schema)), prefix)));
  });

  test('keeps @oneOf, which a printed schema does not contain', () => {
    const prefixed = prefixTypes(schema, 'Dashly');
    expect(prefixed.getType('DashlyReplySenderInput')).toMatchObject({ isOneOf: true });
    expect(prefixed.getType('DashlyReplyActionInput')).toMatchObject({ isOneOf: true });
    expect(prefixed.getType('DashlyQuickReplyInput')).toMatchObject({ isOneOf: false });
  });
});

test.each([
  [
    'query { replyLimits { ... on ReplyLimits { __typename } } }',
    'query { replyLimits { ... on DashlyReplyLimits { __typename } } }',
  ],
  [
    'mutation ($i: [ReplyToConversationInput!]!, $f: Upload, $n: Int) { a: b(x: $i, y: Part) }',
    'mutation ($i: [DashlyReplyToConversationInput!]!, $f: Upload, $n: Int) { a: b(x: $i, y: Part) }',
  ],
  [
    'fragment Part on Part { from { ...User } } fragment User on User { id }',
    'fragment Part on DashlyPart { from { ...User } } fragment User on DashlyUser { id }',
  ],
  [
    'fragment F on Query { __typename ... on Nobody { id } ... on __Type { name } }',
    'fragment F on Query { __typename ... on Nobody { id } ... on __Type { name } }',
  ],
])('adds the prefix to the types of this schema in a document: %s', (document, expected) => {
  expect(print(prefixTypesInDocument(parse(document), schema, 'Dashly'))).toBe(print(parse(expected)));
});

test.each([
  '_Dashly',
  '__',
  '1st',
  'Da shly',
  'Dashly-',
  'Дашли',
  'Dashly\n',
  ' ',
  'D'.repeat(65),
  '{',
  '$a',
])('rejects TYPE_PREFIX %j', (TYPE_PREFIX) => {
  expect(readConfig({ TYPE_PREFIX }).faults).toEqual([expect.stringMatching(/^TYPE_PREFIX /)]);
});

test.each(['Dashly', 'd', 'Dashly_2', 'D'.repeat(64)])('accepts TYPE_PREFIX %j', (TYPE_PREFIX) => {
  expect(readConfig({ TYPE_PREFIX }).config).toMatchObject({ TYPE_PREFIX });
});
