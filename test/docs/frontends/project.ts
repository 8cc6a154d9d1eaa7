/** A frontend project with the client package of this repository, in which tests compile and run the examples of the page. */

import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, root, run, startService } from '../../support/process/npm.ts';
import { blocksBelow, readPage } from '../sections.ts';

export const page = 'docs/frontends.md';
export const endpoint = 'http://localhost:4000/graphql';
/** The packed client package. */
export const tarball = `dashly-graphql-client-${JSON.parse(readPage('schema/package.json')).version}.tgz`;

const tsc = join(root, 'node_modules/.bin/tsc');

const compilerOptions = {
  ...{ target: 'es2024', lib: ['es2024', 'dom', 'dom.iterable'], jsx: 'react-jsx', types: ['node'] },
  ...{ noEmit: true, skipLibCheck: true },
  ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
  ...{ noPropertyAccessFromIndexSignature: true, allowImportingTsExtensions: true },
};

/**
 * A folder beside that of the gateway, with all development dependencies of this repository. `npm start` in it starts the gateway. Call
 * `cleanUp` after all tests.
 */
export async function makeProject(): Promise<string> {
  const folder = await makeFolder();
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await symlink(root, join(folder, 'dashly-graphql-gateway'));
  const project = join(folder, 'frontend');
  const installed = join(project, 'node_modules/dashly-graphql-client');
  await mkdir(installed, { recursive: true });
  const manifest = { type: 'module', scripts: { start: 'npm start --prefix ../dashly-graphql-gateway' } };
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest));
  for (const name of ['package.json', 'schema.graphql', 'operations']) {
    await cp(join(root, 'schema', name), join(installed, name), { recursive: true });
  }
  await run(tsc, ['-p', 'schema', '--outDir', join(installed, 'dist')], { cwd: root });
  return project;
}

/** The file name in the first line of a block; only blocks that others import have one. */
export function nameOf(block: string): string {
  return /^(?:\/\/|#) (\S+\.(?:tsx?|graphql))\n/.exec(block)?.[1] ?? 'example.ts';
}

/** The expected output of an example: the comments below `console.log`. */
export function printedBy(block: string): string {
  return [...block.matchAll(/console\.log\(.*\n((?:\/\/ .*\n)+)/g)]
    .map(([, comments = '']) => comments.replaceAll(/^\/\/ /gm, ''))
    .join('');
}

const isInstall = (command: string): boolean => command.startsWith('npm install ');

/** The commands below a heading that install packages. */
export function installsBelow(heading: string): string[] {
  return blocksBelow(page, heading, 'sh').filter(isInstall);
}

/** The other commands below a heading. */
export function commandsBelow(heading: string): string[] {
  return blocksBelow(page, heading, 'sh').filter((command) => !isInstall(command));
}

/** The names of the packages that a module imports. */
export function importsOf(source: string): string[] {
  const modules = [...source.matchAll(/^(?:import\b.*|\} )from '([^'.][^']*)';$/gm)].map(
    ([, name = '']) => name,
  );
  return modules
    .filter((name) => !name.startsWith('node:'))
    .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
}

/** The names of the packages that a command installs, without their versions. */
export function packagesIn(command: string): string[] {
  const words = command.split(/\s+/).filter((word) => !/^(?:npm|install|-.*|)$/.test(word));
  return words.map((word) =>
    word.endsWith(tarball) ? 'dashly-graphql-client' : word.replace(/(?<=.)@.*/, ''),
  );
}

/** The block that the examples import. */
export function readDescribeReply(): string {
  return blocksBelow(page, 'Handle the result', 'ts')[0] ?? '';
}

export async function writeFiles(folder: string, blocks: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const text of blocks) await writeFile(join(folder, nameOf(text)), text);
}

/** The messages of the compiler, with the module resolution of Node.js or of bundlers. */
export async function compile(folder: string, moduleResolution: 'nodenext' | 'bundler'): Promise<string> {
  const module = moduleResolution === 'bundler' ? 'esnext' : 'nodenext';
  const config = {
    compilerOptions: { ...compilerOptions, module, moduleResolution },
    include: ['*.ts', '*.tsx'],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  return run(tsc, ['-p', '.'], { cwd: folder }).catch((error: Error) => error.message);
}

/** Starts the gateway by a command of the page. Resolves to its endpoint. */
export async function startByCommand(command: string, cwd: string): Promise<string> {
  const { origin } = await startService('sh', ['-c', command], { cwd, env: { PORT: '0' } });
  return `${origin}/graphql`;
}

/** Runs an example unchanged, except that it finds the gateway on another port. Resolves to its output. */
export async function runExample(folder: string, blocks: readonly string[], url: string): Promise<string> {
  await writeFiles(
    folder,
    blocks.map((text) => text.replace(endpoint, url)),
  );
  return run(process.execPath, ['example.ts'], { cwd: folder });
}
