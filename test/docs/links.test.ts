/** Checks that the links, paths and npm scripts in the documentation exist. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { anchorsIn, readPage, withoutBlocks } from './sections.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'src/executor/README.md',
].concat(readdirSync(join(root, 'docs')).map((name) => `docs/${name}`));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The broken relative links of a page. */
function brokenLinksIn(page: string): string[] {
  const targets = [...withoutBlocks(readPage(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, target = '']) => target,
  );
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [file = '', anchor] = target.split('#');
    const path = file === '' ? page : join(dirname(page), file);
    if (!existsSync(join(root, path))) return true;
    return anchor !== undefined && !anchorsIn(readPage(path)).includes(anchor);
  });
}

describe.each(pages)('%s', (page) => {
  test('has no broken link', () => {
    expect(brokenLinksIn(page)).toEqual([]);
  });

  test('names no file or folder that does not exist', () => {
    const paths = [...readPage(page).matchAll(/`((?:src|schema|test|docs)\/[\w./-]*)`/g)].map(
      ([, path = '']) => path,
    );
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('names no npm script that does not exist', () => {
    const names = [...readPage(page).matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(names.filter((name) => !(name in scripts))).toEqual([]);
  });
});

test('anchors are created as on GitHub', () => {
  const text = '# Who may call?\n\n```sh\n# a comment\n```\n\n## `a` & b: c-d\n';
  expect(anchorsIn(text)).toEqual(['who-may-call', 'a--b-c-d']);
});
