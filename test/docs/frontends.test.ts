/** Compiles the examples for frontends strictly, runs them as they stand, and compares their output with their comments. */

import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bySecret, sign } from '../support/issuer.ts';
import { cleanUp, makeFolder, root, run } from '../support/npm.ts';
import { startGateway } from '../support/start-gateway.ts';
import { blocksBelow, blocksIn, readPage } from './sections.ts';

const page = 'docs/frontends.md';

/** The sections of the clients; the block before the first one is shared by all. */
const headings = ['urql', 'Apollo Client', 'graphql-request', 'Relay', 'Plain fetch'];

const [describeReply = '', ...blocks] = blocksIn(readPage(page), 'ts');

/** The file name in the first line of a block; only blocks that others import have one. */
const nameOf = (block: string): string => /^\/\/ (\S+\.ts)\n/.exec(block)?.[1] ?? 'example.ts';

/** The expected output of an example: the comments below `console.log`. */
const printedBy = (block: string): string =>
  [...block.matchAll(/console\.log\(.*\n((?:\/\/ .*\n)+)/g)]
    .map(([, comments = '']) => comments.replaceAll(/^\/\/ /gm, ''))
    .join('');

const tsc = join(root, 'node_modules/.bin/tsc');
const compilerOptions = {
  ...{
    target: 'es2024',
    lib: ['es2024', 'dom', 'dom.iterable'],
    types: [],
    noEmit: true,
    skipLibCheck: true,
  },
  ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
  ...{ noPropertyAccessFromIndexSignature: true, allowImportingTsExtensions: true },
};

let project = '';

/** A frontend project with the package built from this repository, and the clients. */
beforeAll(async () => {
  const folder = await makeFolder();
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  project = join(folder, 'frontend');
  const installed = join(project, 'node_modules/dashly-graphql-client');
  await mkdir(installed, { recursive: true });
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
  await cp(join(root, 'schema/package.json'), join(installed, 'package.json'));
  await run(tsc, ['-p', 'schema', '--outDir', join(installed, 'dist')], { cwd: root });
});
afterAll(cleanUp);

/** Writes these blocks as files into a folder of the project. */
async function write(name: string, files: readonly string[]): Promise<string> {
  const folder = join(project, name);
  await mkdir(folder, { recursive: true });
  for (const text of files) await writeFile(join(folder, nameOf(text)), text);
  return folder;
}

/** The messages of the compiler, with the module resolution of Node.js or of bundlers. */
async function compile(folder: string, moduleResolution: 'nodenext' | 'bundler'): Promise<string> {
  const module = moduleResolution === 'bundler' ? 'esnext' : 'nodenext';
  const config = { compilerOptions: { ...compilerOptions, module, moduleResolution }, include: ['*.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  return run(tsc, ['-p', '.'], { cwd: folder }).catch((error: Error) => error.message);
}

test('each client has an example with output', () => {
  const found = headings.flatMap((heading) => blocksBelow(page, heading, 'ts'));
  expect(found).toEqual(blocks);
  for (const heading of headings)
    expect(blocksBelow(page, heading, 'ts').map(printedBy).join('')).not.toBe('');
});

describe.each(headings)('%s', (heading) => {
  const files = blocksBelow(page, heading, 'ts');
  const printed = files.map(printedBy).join('');

  test.each(['nodenext', 'bundler'] as const)('its example compiles strictly with %s', async (resolution) => {
    const folder = await write(`${heading}-${resolution}`, [describeReply, ...files]);
    expect(await compile(folder, resolution)).toBe('');
  });

  test.each<[caller: string, environment: Record<string, string>, token: () => Promise<string>]>([
    ['unchanged', {}, async () => 'sandbox'],
    [
      'with a JWT and a gateway with its own token',
      { ...bySecret, DASHLY_TOKEN: 'sandbox' },
      () => sign({ dashly_admin_id: '8164' }),
    ],
  ])('its example runs %s and prints what its comments say', async (_caller, environment, makeToken) => {
    const gateway = await startGateway(environment);
    const token = await makeToken();
    const texts = files.map((text) =>
      text.replace('http://localhost:4000/graphql', gateway.url).replace("'sandbox'", `'${token}'`),
    );
    expect(texts.join('')).toContain(gateway.url);
    expect(texts.join('')).toContain(token);
    const folder = await write(`${heading}-runs`, [describeReply, ...texts]);
    expect(await run(process.execPath, ['example.ts'], { cwd: folder })).toBe(printed);
    const replies = gateway.sandbox?.received ?? [];
    expect(replies).toHaveLength(printed.trim().split('\n').length);
    const sentFiles = replies.flatMap(({ file }) => (file ? [file.filename] : []));
    expect(sentFiles).toEqual(printed.includes('invoice') ? ['invoice.pdf'] : []);
  });
});

test('a missing case of matchReply does not compile', async () => {
  const withoutOne = describeReply.replace(/^ *TooManyRequestsError: .*\n/m, '');
  expect(withoutOne).not.toBe(describeReply);
  const folder = await write('left-out', [withoutOne]);
  expect(await compile(folder, 'nodenext')).toContain('TooManyRequestsError');
});
