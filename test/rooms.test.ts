/** The rooms of the source keep to themselves: what each may import, and which words each may use. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Each room (a folder of src, or a file right in it) with the rooms that it may import from. */
const mayImport: Record<string, readonly string[]> = {
  conversation: [],
  executor: [],
  graphql: ['conversation', 'executor'],
  dashly: ['conversation'],
  http: ['graphql', 'executor', 'conversation'],
  store: ['conversation'],
  telemetry: ['conversation'],
  sandbox: [],
  client: [],
  // What runs in a browser, and is built on its own.
  graphiql: [],
  'gateway.ts': ['conversation', 'graphql', 'dashly', 'http', 'store', 'sandbox', 'telemetry', 'config.ts'],
  'config.ts': ['config-formats.ts'],
  'config-formats.ts': [],
  'main.ts': ['config.ts', 'gateway.ts'],
  'library.ts': ['config.ts', 'gateway.ts', 'http'],
  // Types of the language itself, for all rooms.
  'json-source-text.d.ts': [],
};

/** The packages of a room, where the idea of the room depends on it. */
const mayUse: Record<string, RegExp> = {
  conversation: /^$/,
  executor: /^graphql$/,
  sandbox: /^node:/,
  client: /^$/,
  graphiql: /^(?:react|react-dom|graphql|graphiql|@graphiql|monaco-editor|monaco-graphql)(?:\/|$)/,
  'main.ts': /^node:/,
  'library.ts': /^node:/,
  'config.ts': /^(?:zod|node:util)$/,
  'config-formats.ts': /^(?:zod|node:.+)$/,
};

interface Source {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly tokens: readonly Token[];
}

interface Token {
  readonly kind: 'comment' | 'text' | 'code';
  /** Of a text, what is between its quotes. */
  readonly value: string;
}

/** TypeScript's files below a folder, and those with markup in them. */
function sourcesIn(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('node_modules'))
    .map((name) => {
      const path = join(folder, name);
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, tokens: tokenize(text) };
    });
}

const isBeforePattern =
  /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|void|delete|throw|new))\s*$/;

/** Tells comments, texts and the code between them apart; a pattern such as /"/ is code. */
function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  /** The depth of braces, with a mark for each `${` that it stands in. */
  const braces: ('{' | '${')[] = [];
  let code = '';
  let index = 0;
  const add = (kind: Token['kind'], value: string) => {
    if (code !== '') tokens.push({ kind: 'code', value: code });
    code = '';
    tokens.push({ kind, value });
  };
  const takeUntil = (pattern: RegExp): string => {
    pattern.lastIndex = index;
    const match = pattern.exec(text);
    const end = match ? match.index + match[0].length : text.length;
    const taken = text.slice(index, end);
    index = end;
    return taken;
  };
  /** The rest of a template up to its end or to the next `${`. */
  const takeTemplate = () => {
    const part = takeUntil(/(?<!\\)(?:\\\\)*(?:`|\$\{)/g);
    if (part.endsWith('${')) braces.push('${');
    add('text', part.replace(/`$|\$\{$/, ''));
  };

  while (index < text.length) {
    const two = text.slice(index, index + 2);
    const char = text.charAt(index);
    if (two === '//') add('comment', takeUntil(/$/gm));
    else if (two === '/*') add('comment', takeUntil(/\*\//g));
    else if (
      char === '/' &&
      isBeforePattern.test(code) &&
      (code.trim() !== '' || tokens.at(-1)?.kind !== 'text')
    ) {
      index++;
      code += `/${takeUntil(/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^\\[/\n])*\//y)}`;
    } else if (char === "'" || char === '"') {
      index++;
      const value = takeUntil(char === "'" ? /(?<!\\)(?:\\\\)*'/g : /(?<!\\)(?:\\\\)*"/g);
      add('text', value.slice(0, -1));
    } else if (char === '`') {
      index++;
      takeTemplate();
    } else if (char === '}' && braces.pop() === '${') {
      index++;
      takeTemplate();
    } else {
      if (char === '{') braces.push('{');
      code += char;
      index++;
    }
  }
  add('comment', '');
  return tokens;
}

/** What a file imports, exports from elsewhere, or loads: relative paths, and names of packages. */
function importsOf({ tokens }: Pick<Source, 'tokens'>): string[] {
  return tokens.flatMap(({ kind, value }, index) => {
    if (kind !== 'text') return [];
    const lastText = tokens.findLastIndex((token, at) => at < index && token.kind === 'text');
    const before = tokens.slice(lastText + 1, index).filter((token) => token.kind === 'code');
    const isImport = /\b(?:from|import|(?:import|require)\s*\()\s*$/.test(
      before.map((token) => token.value).join(''),
    );
    return isImport ? [value] : [];
  });
}

/** The room of a path below src. */
function roomOf(path: string): string {
  return relative('src', path).split('/')[0] ?? '';
}

/** But for the variables that npm sets. */
const snakeCase = /(?<!\w)(?!npm_)[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?!\w)/g;

/** Words like `from_admin` in code, and in texts that have no spaces: those with spaces are sentences for people. */
function snakeCaseNamesIn({ tokens }: Pick<Source, 'tokens'>): string[] {
  return tokens
    .filter(({ kind, value }) => kind === 'code' || (kind === 'text' && !/\s/.test(value)))
    .flatMap(({ value }) => value.match(snakeCase) ?? []);
}

/** The comment that a file opens with, after the first line of a command; null where it opens with something else. */
function openingOf(text: string): string | null {
  const [, comment] = /^(?:#!.*\n)?\/\*\*(.*?)\*\//s.exec(text) ?? [];
  return comment?.replace(/\n \*/g, '\n') ?? null;
}

const src = sourcesIn('src');

test.each(Object.entries(mayImport))('%s imports from nowhere but %j', (room, allowed) => {
  const wrong = src
    .filter(({ path }) => roomOf(path) === room)
    .flatMap((source) =>
      importsOf(source)
        .filter((name) => name.startsWith('.'))
        .map((name) => join(dirname(source.path), name))
        .filter((target) => ![room, ...allowed].includes(roomOf(target)))
        .map((target) => `${source.path} imports ${target}`),
    );
  expect(wrong).toEqual([]);
});

test('there is no other room', () => {
  expect([...new Set(src.map(({ path }) => roomOf(path)))].filter((room) => !(room in mayImport))).toEqual(
    [],
  );
});

test.each(Object.entries(mayUse))('%s uses no package but %s', (room, allowed) => {
  const wrong = src
    // What builds a room is not in it.
    .filter(({ path }) => roomOf(path) === room && !path.endsWith('.config.ts'))
    .flatMap((source) =>
      importsOf(source)
        .filter((name) => !name.startsWith('.') && !allowed.test(name))
        .map((name) => `${source.path} imports ${name}`),
    );
  expect(wrong).toEqual([]);
});

test('imports name the file, with its ending', () => {
  const relatives = [...src, ...sourcesIn('test')].flatMap((source) =>
    importsOf(source)
      .filter((name) => name.startsWith('.'))
      .map((name) => ({ from: source.path, name })),
  );
  expect(relatives.length).toBeGreaterThan(100);
  expect(
    relatives.filter(({ name }) => !/\.(?:tsx?|json|css|svg)$/.test(name) || name.endsWith('/index.ts')),
  ).toEqual([]);
});

test("only dashly and the sandbox speak Dashly's language", () => {
  // The claims of a JWT are named after Dashly by whoever issues it, metrics and attributes as their collectors have it.
  const speakers = src.filter(
    (source) =>
      source.path !== 'src/http/auth/claims.ts' &&
      snakeCaseNamesIn(source).some(
        (name) => roomOf(source.path) !== 'telemetry' || !/^(?:dashly_gateway.*|status_code)$/.test(name),
      ),
  );
  expect(new Set(speakers.map(({ path }) => roomOf(path)))).toEqual(new Set(['dashly', 'sandbox']));
});

test('only dashly and the sandbox know the path of the endpoint', () => {
  const wrong = src.filter(
    ({ path, tokens }) =>
      !['dashly', 'sandbox'].includes(roomOf(path)) &&
      tokens.some(({ kind, value }) => kind === 'text' && /^\S*\/conversations\/\S*$/.test(value)),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('the sandbox and dashly share no code', () => {
  const crossing = src.filter(
    (source) =>
      ['dashly', 'sandbox'].includes(roomOf(source.path)) &&
      importsOf(source).some((name) => /(?:dashly|sandbox)\//.test(name)),
  );
  expect(crossing.map(({ path }) => path)).toEqual([]);
});

test.each(
  [...src, ...sourcesIn('test'), ...sourcesIn('schema')].map(({ path, text }) => [path, text] as const),
)('%s opens with one sentence that names its idea', (_path, text) => {
  const opening = openingOf(text);
  expect(opening).not.toBeNull();
  const firstTwoLines = (opening ?? '').trim().split('\n').slice(0, 2).join(' ');
  expect(firstTwoLines).toMatch(/^\S.{8,}?[.!?](?:\s|$)/);
});

describe('the checks themselves', () => {
  const check = (text: string) => ({ tokens: tokenize(text) });

  test.each<[text: string, names: string[]]>([
    ['const from_admin = 1;', ['from_admin']],
    ["send('from_admin');", ['from_admin']],
    ['send("id_as_string=true");', ['id_as_string']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source code in a text
    ['send(`${a}&body_json=${b.part_group}`);', ['body_json', 'part_group']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source code in a text
    ['`${{ a: `${x_y}` }}`; z_z', ['x_y', 'z_z']],
    ["'it\\'s'; a_b", ['a_b']],
    ['const { reply_type: a } = b; /* in_comment */ // in_comment', ['reply_type']],
    ['/["\'`]/.test(a_b); c_d', ['a_b', 'c_d']],
    ['const a = b / c_d / e;', ['c_d']],
    ['a = /[[:,]"\\/]/;\nb_c; // d_e', ['b_c']],
    ['a.replace(/[/"]/g, f_g)', ['f_g']],
    ["process.env['npm_command']; a_npm_b", ['a_npm_b']],
    ["description: 'The admin. REST: `from_admin`.'", []],
    ['/** from_admin */ const fromAdmin = PORT_NUMBER + __proto__ + __typename;', []],
    ['// from_admin\n/* "\n from_user */', []],
  ])('find the names in %j', (text, names) => {
    expect(snakeCaseNamesIn(check(text))).toEqual(names);
  });

  test.each<[text: string, imports: string[]]>([
    ["import a from './a.ts';", ['./a.ts']],
    ["import type { A,\n B } from '../b/b.ts';", ['../b/b.ts']],
    ["import './c.ts'; export * from './d.ts';", ['./c.ts', './d.ts']],
    ["const e = await import('./e.ts'); require('./f.ts');", ['./e.ts', './f.ts']],
    ["import(/* here */ './g.ts')", ['./g.ts']],
    ["// import './no.ts'\nconst text = \"import './no.ts'\";", []],
    ["new URL('./no.ts', import.meta.url)", []],
  ])('find the imports in %j', (text, imports) => {
    expect(importsOf(check(text))).toEqual(imports);
  });

  test('read every file to its end', () => {
    for (const { path, text, tokens } of src) {
      const imports = (text.match(/^(?:import|export)\b[^;]*?\bfrom '[^']+';$/gm) ?? []).length;
      const sideEffects = (text.match(/^import '[^']+';$/gm) ?? []).length;
      const dynamic = (text.match(/\bimport\('[^']+'\)/g) ?? []).length;
      expect([path, importsOf({ tokens }).length]).toEqual([path, imports + sideEffects + dynamic]);
      const code = tokens
        .filter(({ kind }) => kind === 'code')
        .map(({ value }) => value)
        .join('');
      expect([path, code.split('\n').some((line) => /^ *\*\/? /.test(line))]).toEqual([path, false]);
    }
  });

  test.each([
    ['/** One sentence. */', true],
    ['/**\n * One sentence that is long,\n * and ends here.\n */', true],
    ['#!/usr/bin/env node\n/** A command. */', true],
    ['// A comment.', false],
    ["import 'a';\n/** Late. */", false],
  ])('know the opening of %j', (text, isOpening) => {
    expect(openingOf(text) !== null).toBe(isOpening);
  });
});
