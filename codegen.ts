/** Writes what `schema/` has generated; with `--check` it writes nothing and fails where a file differs. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { printSchema } from 'graphql';
import { schema } from './src/graphql/schema.ts';

const generated = new Map([['schema/schema.graphql', `${printSchema(schema)}\n`]]);

const isCheck = process.argv.includes('--check');
for (const [path, text] of generated) {
  const url = new URL(path, import.meta.url);
  if (!isCheck) writeFileSync(url, text);
  else if (!existsSync(url) || readFileSync(url, 'utf8') !== text) {
    console.error(`${path} is not what the source says; run "npm run codegen".`);
    process.exitCode = 1;
  }
}
