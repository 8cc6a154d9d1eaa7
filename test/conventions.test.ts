/** Conventions of the source that no linter checks: Dashly's names, inline imports of types, and the comment at the top of a file. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from '@swc/core';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Source {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** The TypeScript files below a folder. */
function sourcesIn(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('node_modules'))
    .map((name) => join(folder, name))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

interface Words {
  /** Identifiers and patterns. */
  readonly code: string[];
  /** The content of strings and templates. */
  readonly strings: string[];
  /** The paths of `import('./a.ts').Type`. */
  readonly inlineTypeImports: string[];
}

function wordsIn({ path, text }: Source): Words {
  const words: Words = { code: [], strings: [], inlineTypeImports: [] };
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const { type, value, pattern, cooked, argument } = node as Record<string, unknown>;
    if (type === 'Identifier' || type === 'JSXText') words.code.push(String(value));
    if (type === 'RegExpLiteral') words.code.push(String(pattern));
    if (type === 'StringLiteral') words.strings.push(String(value));
    if (type === 'TemplateElement') words.strings.push(String(cooked));
    if (type === 'TsImportType') words.inlineTypeImports.push((argument as { value: string }).value);
    Object.values(node).forEach(visit);
  };
  visit(parseSync(text, { syntax: 'typescript', tsx: path.endsWith('.tsx') }));
  return words;
}

/** The folder in src, or the file directly in src. */
function folderOf(path: string): string {
  return relative('src', path).split('/')[0] ?? '';
}

/** Except the variables that npm sets. */
const snakeCase = /(?<!\w)(?!npm_)[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?!\w)/g;

/** Words like `from_admin` in code, and in strings without spaces: strings with spaces are sentences. */
function snakeCaseNamesIn({ code, strings }: Words): string[] {
  return [...code, ...strings.filter((it) => !/\s/.test(it))].flatMap((word) => word.match(snakeCase) ?? []);
}

/** The comment at the top of a file, after `#!`; null if the file has none. */
function openingOf(text: string): string | null {
  const [, comment] = /^(?:#!.*\n)?\/\*\*(.*?)\*\//s.exec(text) ?? [];
  return comment?.replace(/\n \*/g, '\n') ?? null;
}

const src = sourcesIn('src').map((source) => ({ ...source, words: wordsIn(source) }));

test('only dashly and the sandbox use the names of the REST API', () => {
  // The issuer of a JWT names its claims after Dashly; collectors name metrics, labels and attributes; Redis names what it reports, and
  // its clients name the parameters of its URL.
  const others = ['src/http/auth/claims.ts', 'src/store/redis/inspect-server.ts', 'src/redis-url.ts'];
  const users = src.filter(
    ({ path, words }) =>
      !others.includes(path) &&
      snakeCaseNamesIn(words).some(
        (name) =>
          folderOf(path) !== 'telemetry' ||
          !/^(?:dashly_gateway.*|status_code|trace_id|node_version|found_twice|not_found)$/.test(name),
      ),
  );
  expect(new Set(users.map(({ path }) => folderOf(path)))).toEqual(new Set(['dashly', 'sandbox']));
});

test('only dashly and the sandbox contain the path of the REST call', () => {
  const wrong = src.filter(
    ({ path, words }) =>
      !['dashly', 'sandbox'].includes(folderOf(path)) &&
      words.strings.some((text) => /^\S*\/conversations\/\S*$/.test(text)),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('no type is imported inline, since check:imports does not see it', () => {
  const inline = src.flatMap(({ path, words }) => words.inlineTypeImports.map((name) => `${path}: ${name}`));
  expect(inline).toEqual(['src/telemetry/terminal-log.ts: pino-pretty']);
});

test.each(
  [...src, ...sourcesIn('test'), ...sourcesIn('schema')].map(({ path, text }) => [path, text] as const),
)('%s opens with a comment whose first sentence is short', (_path, text) => {
  const opening = openingOf(text);
  expect(opening).not.toBeNull();
  const firstTwoLines = (opening ?? '').trim().split('\n').slice(0, 2).join(' ');
  expect(firstTwoLines).toMatch(/^\S.{8,}?[.!?](?:\s|$)/);
});

describe('the checks', () => {
  test.each<[text: string, names: string[]]>([
    ['const from_admin = 1;', ['from_admin']],
    ["send('from_admin');", ['from_admin']],
    ['send("id_as_string=true");', ['id_as_string']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source code in a text
    ['send(`${a}&body_json=${b.part_group}`);', ['part_group', 'body_json']],
    ['const { reply_type: a } = b; /* in_comment */ // in_comment', ['reply_type']],
    ['interface A { a_b: "c_d" }', ['a_b', 'c_d']],
    ['/[a-z]/.test(a_b); /c_d/;', ['a_b', 'c_d']],
    ["process.env['npm_command'];", []],
    ["send('The admin. REST: `from_admin`.');", []],
    ['/** from_admin */ const fromAdmin = PORT_NUMBER + __proto__ + __typename;', []],
  ])('find the names in %j', (text, names) => {
    expect(snakeCaseNamesIn(wordsIn({ path: 'a.ts', text }))).toEqual(names);
  });

  test('find an inline import of a type', () => {
    const text = "type A = import('./a.ts').A; type B = typeof import('./b.ts');";
    expect(wordsIn({ path: 'a.ts', text }).inlineTypeImports).toEqual(['./a.ts', './b.ts']);
  });

  test.each([
    ['/** One sentence. */', true],
    ['/**\n * One sentence that is long,\n * and ends here.\n */', true],
    ['#!/usr/bin/env node\n/** A command. */', true],
    ['// A comment.', false],
    ["import 'a';\n/** Late. */", false],
  ])('find the comment at the top of %j', (text, isOpening) => {
    expect(openingOf(text) !== null).toBe(isOpening);
  });
});
