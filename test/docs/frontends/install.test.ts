/** Packs and installs the client package by the commands of the page, which name every package that its examples import. */

import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { cleanUp, isRegistryMissing, makeFolder, root, run } from '../../support/process/npm.ts';
import { blocksBelow } from '../sections.ts';
import { commandsBelow, importsOf, installsBelow, packagesIn, page, tarball } from './project.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const [pack = ''] = commandsBelow('Install');
const forClients = installsBelow('Install');
const [urql = '', apollo = '', graphqlRequest = '', relay = '', plain = ''] = forClients;

/** The sections with examples, and the commands of "Install" of which one must do for each example. */
const sections: readonly (readonly [heading: string, installs: readonly string[]])[] = [
  ['Handle the result', [plain]],
  ['A composer in React', [plain]],
  ['urql', [urql]],
  ['Apollo Client', [apollo]],
  ['graphql-request', [graphqlRequest]],
  ['Relay', [relay]],
  ['Plain fetch', [plain]],
  ['Tokens', ['']],
  ['Trusted documents', forClients],
  ['Documents of your own', [plain]],
];

/** Those of a React application. */
const existing = ['react', 'react-dom'];

test('there is a command for each client', () => {
  expect(forClients.map(packagesIn)).toEqual([
    expect.arrayContaining(['@urql/core']),
    expect.arrayContaining(['@apollo/client']),
    expect.arrayContaining(['graphql-request']),
    expect.arrayContaining(['relay-runtime']),
    ['dashly-graphql-client'],
  ]);
});

test.each(sections)(
  'the commands for "%s" name every package that its examples import',
  (heading, installs) => {
    const examples = ['ts', 'tsx'].flatMap((language) => blocksBelow(page, heading, language));
    expect(examples.flatMap(importsOf)).not.toEqual([]);
    const others = installsBelow(heading).flatMap(packagesIn);
    const missing = examples.map((example) => {
      const names = importsOf(example).filter((name) => !existing.includes(name) && !others.includes(name));
      const byCommand = installs.map((install) =>
        names.filter((name) => !packagesIn(install).includes(name)),
      );
      return byCommand.toSorted((one, other) => one.length - other.length)[0];
    });
    expect(missing).toEqual(examples.map(() => []));
  },
);

describe.skipIf(isRegistryMissing)('in an empty project (needs an npm registry)', () => {
  let packed = '';

  beforeAll(async () => {
    const repository = await makeFolder();
    for (const name of ['package.json', 'tsconfig.json', 'schema']) {
      await cp(join(root, name), join(repository, name), { recursive: true });
    }
    await symlink(join(root, 'node_modules'), join(repository, 'node_modules'));
    await run('sh', ['-c', pack], { cwd: repository });
    packed = join(repository, tarball);
  });
  afterAll(cleanUp);

  const furtherInstalls = [
    ...installsBelow('Tokens'),
    ...installsBelow('Trusted documents').map((install) => urql + install),
    ...installsBelow('Documents of your own').map((install) => plain + install),
  ];

  test.each([...forClients, ...furtherInstalls])('%s names every package that it needs', async (install) => {
    const project = await makeFolder();
    await cp(packed, join(project, tarball));
    await run('npm', ['init', '-y'], { cwd: project });
    // Peers that the command does not name are then missing.
    const env = { npm_config_legacy_peer_deps: 'true', npm_config_prefer_offline: 'true' };
    await run('sh', ['-e', '-c', install], { cwd: project, env });
    const { problems } = JSON.parse(await run('npm', ['ls', '--all', '--json'], { cwd: project }));
    expect(problems).toBeUndefined();
  });
});
