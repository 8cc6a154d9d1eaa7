/** Gives the types of a schema other names, for a graph in which theirs are taken. */

import { MapperKind, mapSchema, renameType } from '@graphql-tools/utils';
import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isIntrospectionType,
  isScalarType,
  visit,
} from 'graphql';

/** Puts the prefix before the name of every type but scalars, which merge with others of their name, and root types. */
export function prefixTypes(schema: GraphQLSchema, prefix: string): GraphQLSchema {
  if (prefix === '') return schema;
  const isOurs = ownTypesOf(schema);
  return mapSchema(schema, {
    [MapperKind.TYPE]: (type) => {
      if (!isOurs(type)) return type;
      const renamed = renameType(type, prefix + type.name);
      if (isAbstractType(type) && isAbstractType(renamed) && type.resolveType) {
        const { resolveType } = type;
        renamed.resolveType = (...args) => `${prefix}${resolveType(...args)}`;
      }
      return renamed;
    },
  });
}

/** The same for the types that a document names; `schema` is the one without prefix. */
export function prefixTypesInDocument(
  document: DocumentNode,
  schema: GraphQLSchema,
  prefix: string,
): DocumentNode {
  const isOurs = ownTypesOf(schema);
  return visit(document, {
    NamedType: (node) => {
      const type = schema.getType(node.name.value);
      return type && isOurs(type) ? { ...node, name: { ...node.name, value: prefix + type.name } } : node;
    },
  });
}

function ownTypesOf(schema: GraphQLSchema): (type: GraphQLNamedType) => boolean {
  const roots = [schema.getQueryType()?.name, schema.getMutationType()?.name];
  return (type) => !isScalarType(type) && !isIntrospectionType(type) && !roots.includes(type.name);
}
