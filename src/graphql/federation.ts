/** Converts the schema to a subgraph of Apollo Federation 2 (https://specs.apollo.dev/federation/v2.7). */

import {
  extendSchema,
  type GraphQLSchema,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  printSchema,
  visit,
} from 'graphql';
import { type FederationKey, federationKeyOf } from './extensions.ts';
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
    @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@composeDirective"])
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

/** Adds the links, and the keys that the types declare. `printSchema` prints no directives of types. */
function printSubgraph(clientSdl: string, schema: GraphQLSchema): string {
  const document = visit(parse(clientSdl), {
    [Kind.OBJECT_TYPE_DEFINITION]: (node) => {
      const key = federationKeyOf(schema.getType(node.name.value));
      return key ? { ...node, directives: keyDirectives(key) } : undefined;
    },
  });
  return `${print(parse(links))}\n\n${print(document)}\n`;
}

function keyDirectives({ fields, resolvable }: FederationKey): ObjectTypeDefinitionNode['directives'] {
  // The default of `resolvable` is true.
  const key = `@key(fields: ${JSON.stringify(fields)}${resolvable ? '' : ', resolvable: false'})`;
  const [keyed] = parse(`type Keyed ${key}`).definitions as readonly ObjectTypeDefinitionNode[];
  return keyed?.directives;
}

function withService(schema: GraphQLSchema, sdl: string): GraphQLSchema {
  const service = parse(`
    extend type Query {
      "The subgraph schema, for the composer of a federation router."
      _service: _Service!
    }

    "The schema of this subgraph."
    type _Service {
      "The schema in SDL, with the directives of Apollo Federation."
      sdl: String!
    }
  `);
  const extended = extendSchema(schema, service);
  const field = extended.getQueryType()?.getFields()['_service'];
  if (field) field.resolve = () => ({ sdl });
  return extended;
}
