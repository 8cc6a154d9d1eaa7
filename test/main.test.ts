/** The entry of the command: a Node.js that is too old gets one line. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runNode } from './support/process/run-node.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Runs the command in a Node.js that reports this version. */
function runAs(version: string) {
  const code = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
  const preload = `data:text/javascript,${encodeURIComponent(code)}`;
  return runNode(['--import', preload, main, '--check-config']);
}

test.each(['22.19.0', '23.0.0', '24.21.0'])('runs on Node.js %s', async (version) => {
  expect(await runAs(version)).toEqual({ code: 0, out: 'The configuration is valid.\n', err: '' });
});

test.each(['12.22.12', '20.20.2', '22.18.0'])('refuses Node.js %s with one line', async (version) => {
  expect(await runAs(version)).toEqual({
    code: 1,
    out: '',
    err: `dashly-graphql-gateway needs Node.js ${engines.node.slice(2)} or later, but this is ${version}.\n`,
  });
});
