/** Adds a prefix to the type names of a schema, to avoid conflicts with other subgraphs. */

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

/** Adds the prefix to the name of every type except root types and scalars. Composers merge scalars of the same name. */
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

/** Adds the prefix to the type names in a document. `schema` is the schema without the prefix. */
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
