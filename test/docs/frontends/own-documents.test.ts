/** Sends documents of a project by the examples of the page: one with a fragment as a text, one with generated types. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { cleanUp, run } from '../../support/process/npm.ts';
import { blocksBelow } from '../sections.ts';
import {
  commandsBelow,
  compile,
  endpoint,
  importsOf,
  installsBelow,
  makeProject,
  nameOf,
  packagesIn,
  page,
  printedBy,
  readDescribeReply,
  runExample,
  writeFiles,
} from './project.ts';

vi.setConfig({ testTimeout: 120_000 });

const heading = 'Documents of your own';
let project = '';
beforeAll(async () => {
  project = await makeProject();
});
afterAll(cleanUp);

test('a text is sent, and codegen.ts writes a typed document, which is sent', async () => {
  const [generate = ''] = commandsBelow(heading);
  const [document = ''] = blocksBelow(page, heading, 'graphql');
  const blocks = blocksBelow(page, heading, 'ts');
  const examples = blocks.filter((block) => nameOf(block) === 'example.ts');
  await writeFiles(project, [readDescribeReply(), ...blocks]);
  await writeFile(join(project, 'close-with-note.graphql'), document);
  await run('sh', ['-e', '-c', generate], { cwd: project });
  const written = await readFile(join(project, 'operations.ts'), 'utf8');
  expect(installsBelow(heading).flatMap(packagesIn)).toEqual(expect.arrayContaining(importsOf(written)));
  const gateway = await startGateway();
  for (const example of examples) {
    expect(example).toContain(endpoint);
    expect(await runExample(project, [example], gateway.url)).toBe(printedBy(example));
    expect(await compile(project, 'bundler')).toBe('');
  }
  expect(gateway.sandbox?.received.map(({ fields }) => fields)).toEqual([
    expect.arrayContaining([['body', 'Solved']]),
    expect.arrayContaining([['type', 'note']]),
  ]);
});
