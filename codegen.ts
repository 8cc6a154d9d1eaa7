/** Writes what is generated from the source; with `--check` it writes nothing and fails where a file differs. */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parse, print, printSchema } from 'graphql';
import { createSubgraph } from './src/graphql/create-subgraph.ts';
import { schema } from './src/graphql/schema.ts';
import { sandboxConversationKinds, sandboxConversations } from './src/sandbox/sandbox-conversations.ts';

const files: Record<string, (committed: string) => string> = {
  'schema/schema.graphql': () => `${printSchema(schema)}\n`,
  'schema/subgraph.graphql': () => createSubgraph(schema).sdl,
  'schema/trusted-documents.json': () => `${JSON.stringify(documentsById(), null, 2)}\n`,
  'README.md': (committed) => replaceSection(committed, 'sandbox conversations', listConversations()),
};

const isCheck = process.argv.includes('--check');
for (const [path, generate] of Object.entries(files)) {
  const url = new URL(path, import.meta.url);
  const committed = existsSync(url) ? readFileSync(url, 'utf8') : '';
  const generated = generate(committed);
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

/** The operations by the SHA-256 of their text as graphql-js prints it, which is how clients make the id as well. */
function documentsById(): Record<string, string> {
  const folder = new URL('schema/operations/', import.meta.url);
  const documents = readdirSync(folder)
    .sort()
    .map((name) => print(parse(readFileSync(new URL(name, folder), 'utf8'))));
  return Object.fromEntries(documents.map((text) => [createHash('sha256').update(text).digest('hex'), text]));
}

function listConversations(): string {
  const tables = Object.entries(sandboxConversationKinds).map(([kind, heading]) => {
    const rows = sandboxConversations.filter((conversation) => conversation.kind === kind);
    return [`| id | ${heading} |`, '|---|---|', ...rows.map(({ id, title }) => `| ${id} | ${title} |`)].join(
      '\n',
    );
  });
  return tables.join('\n\n');
}
