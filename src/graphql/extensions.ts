/** What types and fields of the schema declare about themselves in their Pothos `extensions`. */

import { type GraphQLNamedType, type GraphQLSchema, isObjectType } from 'graphql';

export interface TypeExtensions {
  /** Makes an object type an entity of the federated graph. */
  readonly federationKey?: FederationKey;
  /** Converts the representation of an entity with a resolvable key to its value. @throws GraphQLError if it is invalid. */
  readonly resolveReference?: (representation: Readonly<Record<string, unknown>>) => object;
  /** Other subgraphs may define the same type. */
  readonly shareable?: true;
}

/** The arguments of `@key`. */
export interface FederationKey {
  readonly fields: string;
  /** Whether the gateway can resolve an entity by this key. Other subgraphs can extend the type in both cases. */
  readonly resolvable: boolean;
}

export interface FieldExtensions {
  /** The field sends a reply, so it counts for the limits of replies per operation and of the size of a response. */
  readonly sendsReply?: true;
  /** The field reads the parts of a conversation, so it counts for the limits of reads per operation and of the size of a response. */
  readonly readsParts?: true;
}

/** Reads the extensions of a type; empty if it has none. */
export function extensionsOf(type: GraphQLNamedType | null | undefined): TypeExtensions {
  return (type?.extensions ?? {}) as TypeExtensions;
}

/** Lists the names of the fields, of any object type, that declare an extension. */
export function fieldNamesWith(schema: GraphQLSchema, extension: keyof FieldExtensions): ReadonlySet<string> {
  const fields = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type))
    .flatMap((type) => Object.values(type.getFields()));
  return new Set(
    fields.filter(({ extensions }) => (extensions as FieldExtensions)[extension]).map(({ name }) => name),
  );
}
