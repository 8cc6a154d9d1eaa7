/** The generated files: "npm run codegen" writes them with GraphQL Code Generator, "npm run check:schema" compares them. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { CodegenConfig } from '@graphql-codegen/cli';
import type { PluginFunction, Types } from '@graphql-codegen/plugin-helpers';
import {
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type InlineFragmentNode,
  isAbstractType,
  Kind,
  type OperationDefinitionNode,
  print,
  visit,
} from 'graphql';
import { parse as parseAs17, print as printAs17 } from 'graphql-17';
import { createSubgraph } from './src/graphql/federation.ts';
import { schema } from './src/graphql/schema.ts';
import { scenarioGroups } from './src/sandbox/scenarios/scenarios.ts';

const config: CodegenConfig = {
  schema,
  documents: 'schema/operations/*.graphql',
  generates: {
    'schema/schema.graphql': { plugins: ['schema-ast'] },
    'schema/subgraph.graphql': writtenBy(() => createSubgraph(schema).sdl),
    'schema/operations.ts': {
      ...writtenBy(printOperations),
      plugins: ['typescript-operations'],
      config: {
        useTypeImports: true,
        immutableTypes: true,
        // The documents select it everywhere.
        skipTypename: true,
        strictScalars: true,
        scalars: {
          ID: 'string',
          DateTime: 'string',
          JSONObject: 'Record<string, unknown>',
          Upload: 'File | Blob',
        },
      },
    },
    'schema/documents.ts': writtenBy(printDocuments),
    'schema/fragments.ts': writtenBy(printFragments),
    'schema/possible-types.ts': writtenBy(printPossibleTypes),
    'schema/trusted-documents.json': writtenBy(printTrustedDocuments),
    'docs/sandbox.md': writtenBy(printSandboxPage),
  },
};

export default config;

/** An output of a function of this file, for which there is no plugin. It runs after the other plugins. */
function writtenBy(plugin: PluginFunction): Types.ConfiguredOutput {
  return {
    preset: {
      buildGeneratesSection: ({ baseOutputDir, plugins, pluginMap, ...options }) => [
        {
          ...options,
          filename: baseOutputDir,
          plugins: [...plugins, { own: {} }],
          pluginMap: { ...pluginMap, own: { plugin } },
        },
      ],
    },
  };
}

interface Operation {
  /** Such as `ReplyDocument`. */
  readonly name: string;
  /** Its result and its variables. */
  readonly types: string;
  readonly document: DocumentNode;
  /** As graphql-js prints it. Clients send this text, or its hash. */
  readonly text: string;
  readonly hash: string;
}

/**
 * The operations without named fragments: urql removes the empty line before a fragment, and would compute another hash. The
 * `client` preset sorts the text first, so that its hashes match no client.
 */
function operationsIn(documents: readonly Types.DocumentFile[]): Operation[] {
  const fragments = fragmentsIn(documents);
  return definitionsIn(documents).flatMap((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return [];
    const name = definition.name?.value ?? '';
    const type = `${name}${definition.operation === 'query' ? 'Query' : 'Mutation'}`;
    const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [inline(definition, fragments)] };
    const text = print(document);
    return [
      { name: `${name}Document`, types: `${type}, ${type}Variables`, document, text, hash: hashOf(text) },
    ];
  });
}

function inline(
  definition: OperationDefinitionNode,
  fragments: readonly FragmentDefinitionNode[],
): OperationDefinitionNode {
  return visit(definition, {
    FragmentSpread({ name }): InlineFragmentNode | undefined {
      const fragment = fragments.find((it) => it.name.value === name.value);
      if (!fragment) return undefined;
      const { typeCondition, selectionSet } = fragment;
      return { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet };
    },
  });
}

function definitionsIn(documents: readonly Types.DocumentFile[]): DefinitionNode[] {
  return documents.flatMap(({ document }) => document?.definitions ?? []);
}

/** The fragments that a fragment spreads, directly and indirectly. */
function spreadBy(
  spreading: FragmentDefinitionNode,
  documents: readonly Types.DocumentFile[],
): FragmentDefinitionNode[] {
  const names = new Set<string>();
  visit(spreading, { FragmentSpread: ({ name }) => void names.add(name.value) });
  const direct = fragmentsIn(documents).filter(({ name }) => names.has(name.value));
  return direct.flatMap((fragment) => [fragment, ...spreadBy(fragment, documents)]);
}

function fragmentsIn(documents: readonly Types.DocumentFile[]): FragmentDefinitionNode[] {
  return definitionsIn(documents).filter((it) => it.kind === Kind.FRAGMENT_DEFINITION);
}

/** Runs after the plugin that writes the types. */
function printOperations(_schema: unknown, documents: Types.DocumentFile[]): Types.PluginOutput {
  const constants = operationsIn(documents).map(
    ({ name, types, text, hash }) =>
      `export const ${name} = /* @__PURE__ */ new TypedDocumentString<${types}>(\n  \`${text}\`,\n  '${hash}',\n);`,
  );
  const reply = `/** The result of any operation that replies: the union with all that a client acts on. */
export type Reply = ReplyResultFragment;`;
  return {
    prepend: [
      '/** The operations as texts with their types; generated by "npm run codegen". */\n',
      "import { TypedDocumentString } from './typed-document-string.ts';\n",
    ],
    content: [reply, ...constants].join('\n\n'),
  };
}

function printDocuments(_schema: unknown, documents: Types.DocumentFile[]): string {
  const operations = operationsIn(documents);
  const types = operations.map((operation) => `  ${operation.types.replace(', ', ',\n  ')},\n`);
  const constants = operations.map(({ name, types, document, hash }) => {
    const withHash = { ...document, __meta__: { hash } };
    const json = JSON.stringify(withHash, (key, value) => (key === 'loc' ? undefined : value));
    return `export const ${name} = ${json} as unknown as TypedDocument<${types}>;\n`;
  });
  return `/** The operations as parsed documents with their types; generated by "npm run codegen". */

import type {
${types.join('')}} from './operations.ts';
import type { TypedDocument } from './typed-document.ts';

${constants.join('')}`;
}

/** Each with the fragments that it spreads. */
function printFragments(_schema: unknown, documents: Types.DocumentFile[]): string {
  const constants = fragmentsIn(documents).map((fragment) => {
    const definitions = [fragment, ...spreadBy(fragment, documents)];
    const text = print({ kind: Kind.DOCUMENT, definitions });
    return `export const ${fragment.name.value} = \`${text}\`;\n`;
  });
  return `/**
 * The fragments of the operations as texts, for documents of your own; generated by "npm run codegen".
 *
 * Each contains the fragments that it spreads, so insert only one into a document.
 */

${constants.join('\n')}`;
}

/** Clients with graphql 17 print some documents differently, so these have a second id. */
function printTrustedDocuments(_schema: unknown, documents: Types.DocumentFile[]): string {
  const texts = operationsIn(documents).flatMap(({ text }) => [text, printAs17(parseAs17(text))]);
  return `${JSON.stringify(Object.fromEntries(texts.map((text) => [hashOf(text), text])), null, 2)}\n`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Like the `fragment-matcher` plugin, but with a named export of exact type that describes itself. */
function printPossibleTypes(): string {
  const abstractTypes = Object.values(schema.getTypeMap()).filter((type) => isAbstractType(type));
  const lists = abstractTypes.map((type) => [
    type.name,
    schema.getPossibleTypes(type).map(({ name }) => name),
  ]);
  return `/** The possible types of each interface and union, for client caches; generated by "npm run codegen". */

/**
 * For Apollo Client's \`InMemoryCache\`, and for other caches with the same option. Without it the cache drops the fields that
 * a document selects \`... on ReplyError\`: \`message\` and \`delivery\` are missing, although the types declare them.
 *
 * @example
 * \`\`\`ts
 * const cache = new InMemoryCache({ possibleTypes });
 * \`\`\`
 */
export const possibleTypes = ${JSON.stringify(Object.fromEntries(lists), null, 2)};
`;
}

/** Replaces the tables between two comments of the page. */
function printSandboxPage(): string {
  const page = readFileSync('docs/sandbox.md', 'utf8');
  const tables = scenarioGroups.map(({ heading, scenarios }) => {
    const rows = scenarios.map(({ id, title }) => `| ${id} | ${title} |`);
    return [`| id | ${heading} |`, '|---|---|', ...rows].join('\n');
  });
  const section = /(?<=<!-- sandbox conversations -->\n\n).*(?=\n\n<!-- \/sandbox conversations -->)/s;
  return page.replace(section, () => tables.join('\n\n'));
}
