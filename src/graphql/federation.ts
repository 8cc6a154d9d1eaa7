/** Converts the schema to a subgraph of Apollo Federation 2 (https://specs.apollo.dev/federation/v2.7). */

import {
  type ConstDirectiveNode,
  extendSchema,
  type GraphQLError,
  type GraphQLSchema,
  isUnionType,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  printSchema,
  visit,
} from 'graphql';
import { isPlainObject } from '../conversation/exact-json.ts';
import { badUserInput } from './bad-user-input.ts';
import { extensionsOf, type FederationKey } from './extensions.ts';
import { prefixTypes } from './type-prefix.ts';

export interface Subgraph {
  /** The executable schema: with `_service` and the prefix. */
  readonly schema: GraphQLSchema;
  /** The schema for clients: without `_service`, with the prefix. */
  readonly clientSdl: string;
  /** The result of `_service { sdl }`: the schema with the directives for the composer. */
  readonly sdl: string;
}

/** Apollo's composer does not support `@oneOf` and strips it unless the subgraph declares it and composes it with `@composeDirective`. */
const links = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@composeDirective"])
    @link(url: "https://specs.graphql.org/oneOf/v1.0", import: ["@oneOf"])
    @composeDirective(name: "@oneOf")

  directive @oneOf on INPUT_OBJECT
`;

/** Creates the subgraph from the schema for clients. An empty prefix changes no name. */
export function createSubgraph(clientSchema: GraphQLSchema, prefix = ''): Subgraph {
  const prefixed = prefixTypes(clientSchema, prefix);
  const clientSdl = `${printSchema(prefixed)}\n`;
  const sdl = printSubgraph(clientSdl, prefixed);
  return { schema: withService(prefixed, sdl), clientSdl, sdl };
}

/** Adds the links, and the directives that the types declare. `printSchema` prints no directives of types. */
function printSubgraph(clientSdl: string, schema: GraphQLSchema): string {
  const document = visit(parse(clientSdl), {
    [Kind.OBJECT_TYPE_DEFINITION]: (node) => {
      const { federationKey, shareable } = extensionsOf(schema.getType(node.name.value));
      const directives = [federationKey && printKey(federationKey), shareable && '@shareable'].filter(
        Boolean,
      );
      return directives.length > 0
        ? { ...node, directives: parseDirectives(directives.join(' ')) }
        : undefined;
    },
  });
  return `${print(parse(links))}\n\n${print(document)}\n`;
}

function printKey({ fields, resolvable }: FederationKey): string {
  // The default of `resolvable` is true.
  return `@key(fields: ${JSON.stringify(fields)}${resolvable ? '' : ', resolvable: false'})`;
}

function parseDirectives(text: string): readonly ConstDirectiveNode[] {
  const [type] = parse(`type Any ${text}`).definitions as readonly ObjectTypeDefinitionNode[];
  return type?.directives ?? [];
}

/** Adds the fields for federation routers, which the schema for clients does not have. */
function withService(schema: GraphQLSchema, sdl: string): GraphQLSchema {
  const entities = Object.values(schema.getTypeMap()).filter(
    (type) => extensionsOf(type).federationKey?.resolvable,
  );
  const service = parse(`
    extend type Query {
      "The subgraph schema, for the composer of a federation router."
      _service: _Service!
      "The entities that a federation router refers to by their keys."
      _entities(
        "At most ${maxReferences}, each with its \`__typename\` and its key."
        representations: [_Any!]!
      ): [_Entity]!
    }

    "The schema of this subgraph."
    type _Service {
      "The schema in SDL, with the directives of Apollo Federation."
      sdl: String!
    }

    "An entity that this subgraph resolves."
    union _Entity = ${entities.map(({ name }) => name).join(' | ')}

    "The type and the key of an entity."
    scalar _Any
  `);
  const extended = extendSchema(schema, service);
  const { _service, _entities } = extended.getQueryType()?.getFields() ?? {};
  if (_service) _service.resolve = () => ({ sdl });
  if (_entities)
    _entities.resolve = (_root, { representations }) => resolveEntities(extended, representations);
  const union = extended.getType('_Entity');
  if (isUnionType(union)) union.resolveType = ({ __typename }) => __typename;
  return extended;
}

/** Routers ask for the entities of one list at a time. */
const maxReferences = 500;

/** An error in place of an entity makes only that one null. */
function resolveEntities(schema: GraphQLSchema, representations: readonly unknown[]): readonly object[] {
  if (representations.length > maxReferences) {
    throw badUserInput(
      `At most ${maxReferences} entities can be resolved in one operation, but there are ${representations.length}.`,
    );
  }
  return representations.map((representation) => {
    try {
      return resolveEntity(schema, representation);
    } catch (error) {
      return error as GraphQLError;
    }
  });
}

/** @throws GraphQLError if the representation is invalid. */
function resolveEntity(schema: GraphQLSchema, representation: unknown): object {
  const fields = isPlainObject(representation) ? representation : {};
  const { __typename } = fields;
  const type = typeof __typename === 'string' ? schema.getType(__typename) : null;
  const { resolveReference } = extensionsOf(type);
  if (!resolveReference)
    throw badUserInput('This subgraph does not resolve entities of the given __typename.');
  return { ...resolveReference(fields), __typename };
}
