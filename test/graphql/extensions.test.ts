/** What types and fields declare in their extensions. */

import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { expect, test } from 'vitest';
import { extensionsOf, type FieldExtensions, fieldNamesWith } from '../../src/graphql/extensions.ts';
import { createSubgraph } from '../../src/graphql/federation.ts';
import { schema } from '../../src/graphql/schema.ts';

test('finds every field that sends a reply', () => {
  const type = GraphQLString;
  const extensions = { sendsReply: true } satisfies FieldExtensions;
  const fields = { first: { type, extensions }, read: { type }, second: { type, extensions } };
  const other = new GraphQLSchema({ mutation: new GraphQLObjectType({ name: 'Mutation', fields }) });
  expect(fieldNamesWith(other, 'sendsReply')).toEqual(new Set(['first', 'second']));
  expect(fieldNamesWith(schema, 'sendsReply')).toEqual(new Set(['replyToConversation']));
});

test('finds every field that declares that it reads parts', () => {
  expect(fieldNamesWith(schema, 'readsParts')).toEqual(new Set(['parts']));
});

test('finds the key of an entity, also of a type with a prefix', () => {
  const key = { fields: 'id', resolvable: false };
  expect(extensionsOf(schema.getType('Conversation')).federationKey).toEqual({ ...key, resolvable: true });
  expect(extensionsOf(createSubgraph(schema, 'Dashly').schema.getType('DashlyUser')).federationKey).toEqual(
    key,
  );
  expect(extensionsOf(schema.getType('Admin')).federationKey).toBeUndefined();
  expect(extensionsOf(undefined)).toEqual({});
});
