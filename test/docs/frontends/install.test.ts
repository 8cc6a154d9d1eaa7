/** Packs and installs the client package by the commands of the page. */

import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { cleanUp, isRegistryMissing, makeFolder, root, run } from '../../support/npm.ts';
import { blocksBelow } from '../sections.ts';
import { page } from './project.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const [pack = '', ...installs] = blocksBelow(page, 'Install', 'sh');
const [generator = ''] = blocksBelow(page, 'Documents of your own', 'sh');
const tarball = 'dashly-graphql-client-0.2.0.tgz';
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

describe.skipIf(isRegistryMissing)('in an empty project (needs an npm registry)', () => {
  test.each([...installs, generator])('%s names every package that it needs', async (install) => {
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

test('there is a command for each client', () => {
  expect(installs).toHaveLength(5);
});
