/** Makes the schema a subgraph of Apollo Federation 2 (https://specs.apollo.dev/federation/v2.7). */

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
import { prefixTypes } from './type-prefix.ts';

export interface Subgraph {
  /** To be served: with `_service`, and with the prefix. */
  readonly schema: GraphQLSchema;
  /** What clients see: the schema without `_service`, and with the prefix. */
  readonly clientSdl: string;
  /** What `_service { sdl }` answers: the schema with the directives that a composer reads. */
  readonly sdl: string;
}

/** Types that a neighbour may add fields to. None can be looked up here by its id, so their keys are not resolvable. */
const entities = ['Conversation', 'User', 'ConversationPart'];

const key = '@key(fields: "id", resolvable: false)';

/** Apollo's composer knows no `@oneOf`, and strips it unless it is declared and carried along. */
const links = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@composeDirective"])
    @link(url: "https://specs.graphql.org/oneOf/v1.0", import: ["@oneOf"])
    @composeDirective(name: "@oneOf")

  directive @oneOf on INPUT_OBJECT
`;

/** Takes the schema that clients see. An empty prefix leaves the names as they are. */
export function createSubgraph(clientSchema: GraphQLSchema, prefix = ''): Subgraph {
  const prefixed = prefixTypes(clientSchema, prefix);
  const names = entities.map((name) => prefix + name);
  const clientSdl = `${printSchema(prefixed)}\n`;
  const sdl = printSubgraph(clientSdl, names);
  return { schema: withService(prefixed, sdl), clientSdl, sdl };
}

function printSubgraph(clientSdl: string, entityNames: readonly string[]): string {
  const [, keyed] = parse(`type Query type Keyed ${key}`).definitions as readonly ObjectTypeDefinitionNode[];
  const document = visit(parse(clientSdl), {
    [Kind.OBJECT_TYPE_DEFINITION]: (node) =>
      entityNames.includes(node.name.value) ? { ...node, directives: keyed?.directives } : undefined,
  });
  return `${print(parse(links))}\n\n${print(document)}\n`;
}

function withService(schema: GraphQLSchema, sdl: string): GraphQLSchema {
  const service = parse(`
    extend type Query {
      "What a federation router's composer asks for."
      _service: _Service!
    }

    "This schema as a subgraph."
    type _Service {
      "The schema in the schema definition language, with the directives of Apollo Federation."
      sdl: String!
    }
  `);
  const extended = extendSchema(schema, service);
  const field = extended.getQueryType()?.getFields()['_service'];
  if (field) field.resolve = () => ({ sdl });
  return extended;
}
