/** Writes what is generated from the source; with `--check` it writes nothing and fails where a file differs. */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { type DocumentNode, parse, print } from 'graphql';
import { createSubgraph } from './src/graphql/federation.ts';
import { schema } from './src/graphql/schema.ts';
import { scenarioGroups } from './src/sandbox/scenarios/scenarios.ts';

const subgraph = createSubgraph(schema);
const operations = readOperations();
const files: Record<string, (committed: string) => string | Promise<string>> = {
  'schema/schema.graphql': () => subgraph.clientSdl,
  'schema/subgraph.graphql': () => subgraph.sdl,
  'schema/operations.ts': typeDocuments,
  'schema/trusted-documents.json': () => `${JSON.stringify(documentsById(), null, 2)}\n`,
  'docs/sandbox.md': (committed) => replaceSection(committed, 'sandbox conversations', listConversations()),
};

const isCheck = process.argv.includes('--check');
for (const [path, generate] of Object.entries(files)) {
  const url = new URL(path, import.meta.url);
  const committed = existsSync(url) ? readFileSync(url, 'utf8') : '';
  const generated = await generate(committed);
  if (generated === committed) continue;
  if (isCheck) {
    console.error(`${path} is not what the source says: run "npm run codegen".`);
    process.exitCode = 1;
  } else writeFileSync(url, generated);
}

/** Puts a text between the comments `<!-- name -->` and `<!-- /name -->`. */
function replaceSection(document: string, name: string, text: string): string {
  const [before, rest = ''] = document.split(`<!-- ${name} -->`, 2);
  const after = rest.slice(rest.indexOf(`<!-- /${name} -->`));
  return `${before}<!-- ${name} -->\n\n${text}\n\n${after}`;
}

/** The documents of `schema/operations/`, by the names of their files. */
function readOperations(): ReadonlyMap<string, DocumentNode> {
  const folder = new URL('schema/operations/', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
  return new Map(names.sort().map((name) => [name, parse(readFileSync(new URL(name, folder), 'utf8'))]));
}

/** The operations by the SHA-256 of their text as graphql-js prints it, which is how clients make the id as well. */
function documentsById(): Record<string, string> {
  const texts = [...operations.values()].map((document) => print(document));
  return Object.fromEntries(texts.map((text) => [createHash('sha256').update(text).digest('hex'), text]));
}

/** The operations as a client in TypeScript takes them: each with the types of its variables and of its answer. */
async function typeDocuments(): Promise<string> {
  const typed = await codegen({
    filename: 'schema/operations.ts',
    schema: parse(subgraph.clientSdl),
    documents: [...operations].map(([location, document]) => ({ location, document })),
    plugins: [{ typescriptOperations: {} }, { typedDocumentNode: {} }],
    pluginMap: { typescriptOperations, typedDocumentNode },
    config: {
      useTypeImports: true,
      immutableTypes: true,
      // Where a document does not select it, no client but those that add it by themselves has it.
      skipTypename: true,
      strictScalars: true,
      scalars: {
        ID: 'string',
        DateTime: 'string',
        JSONObject: 'Record<string, unknown>',
        Upload: 'File | Blob',
      },
    },
  });
  return `/** Typed documents of the operations beside this file: generated from them by "npm run codegen". */\n\n${typed}\n`;
}

function listConversations(): string {
  const tables = scenarioGroups.map(({ heading, scenarios }) => {
    const rows = scenarios.map(({ id, title }) => `| ${id} | ${title} |`);
    return [`| id | ${heading} |`, '|---|---|', ...rows].join('\n');
  });
  return tables.join('\n\n');
}
