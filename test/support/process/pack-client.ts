/** Packs the client package without npm's scripts: in a copy of the whole repository npm would read all of its packages first. */

import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, root, run } from './npm.ts';

export interface PackedClient {
  /** The path of the tarball. */
  readonly tarball: string;
  /** The files in it. */
  readonly paths: readonly string[];
}

/** Call `cleanUp` after all tests of a file. */
export async function packClient(): Promise<PackedClient> {
  const folder = await makeFolder();
  const copy = join(folder, 'schema');
  await cp(join(root, 'schema'), copy, {
    recursive: true,
    filter: (path) => path !== join(root, 'schema/dist'),
  });
  const tsc = join(root, 'node_modules/.bin/tsc');
  await run(tsc, ['-p', 'schema', '--outDir', join(copy, 'dist')], { cwd: root });
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [packed] = JSON.parse(await run('npm', args, { cwd: copy }));
  const files: readonly { readonly path: string }[] = packed.files;
  return { tarball: join(folder, packed.filename), paths: files.map(({ path }) => path) };
}
