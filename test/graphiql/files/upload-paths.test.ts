/** Finds the paths of files in the variables of an operation. */

import { readFileSync } from 'node:fs';
import { buildSchema, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { uploadPaths } from '../../../src/graphiql/files/upload-paths.ts';

const own = buildSchema(readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8'));

const schema = buildSchema(`
  scalar Upload
  scalar Json
  enum Kind { NOTE }
  input Document { file: Upload!, title: String, kind: Kind, extra: Json }
  input Pair { front: Document, back: Document! }
  input Tree { file: Upload, left: Tree, right: Branch }
  input Branch { tree: Tree!, picture: Upload }
  input Album { pictures: [Upload!]!, others: [Document!], grid: [[Upload!]!] }
  input Deep1 { in: Deep2 } input Deep2 { in: Deep3 } input Deep3 { in: Deep4 } input Deep4 { in: Deep5 }
  input Deep5 { in: Deep6, file: Upload } input Deep6 { file: Upload, in: Deep7 } input Deep7 { file: Upload }
  type Query { ok: Boolean }
`);

function pathsIn(variables: string, inSchema: typeof schema | null = schema): readonly string[] {
  const document = parse(`mutation Send${variables && `(${variables})`} { ok }`);
  return uploadPaths(inSchema, document, 'Send').map(
    ({ path, isRequired, isList }) => `${path}${isList ? '[]' : ''}${isRequired ? '!' : ''}`,
  );
}

test.each<[variables: string, paths: readonly string[]]>([
  ['', []],
  ['$id: ID!, $kind: Kind, $extra: Json, $ids: [ID!]!', []],
  ['$file: Upload!', ['file!']],
  ['$file: Upload', ['file']],
  ['$a: Upload!, $id: ID, $b: Upload', ['a!', 'b']],
  ['$files: [Upload!]!', ['files[]!']],
  ['$files: [Upload]', ['files[]']],
  ['$document: Document!', ['document.file!']],
  ['$document: Document', ['document.file!']],
  ['$pair: Pair!', ['pair.front.file!', 'pair.back.file!']],
  ['$album: Album!', ['album.pictures[]!']],
  ['$documents: [Document!]!', []],
  // Inputs that contain themselves, directly and indirectly.
  ['$tree: Tree!', ['tree.file', 'tree.right.picture']],
  ['$deep: Deep1', ['deep.in.in.in.in.in.file', 'deep.in.in.in.in.file']],
  // Incomplete, as while typing.
  ['$file: Uplo, $other: Query, $document: Document!', ['document.file!']],
])('in (%s) it finds %j', (variables, paths) => {
  expect(pathsIn(variables)).toEqual(paths);
});

test.each<[variables: string, paths: readonly string[]]>([
  ['$file: Upload!, $document: Document!, $files: [Upload!]!, $id: ID', ['file!', 'files[]!']],
  ['$id: ID', []],
])('without a schema it finds in (%s) only what the document declares: %j', (variables, paths) => {
  expect(pathsIn(variables, null)).toEqual(paths);
});

test("in the gateway's own schema it finds the attachment", () => {
  expect(pathsIn('$input: ReplyToConversationInput!', own)).toEqual(['input.attachment.file!']);
});

describe('with several operations in a document', () => {
  const document = parse(`
    fragment F on Query { ok }
    query One($a: Upload) { ok }
    query Two($b: Upload) { ok }
  `);

  test.each([
    ['One', 'a'],
    ['Two', 'b'],
    [null, 'a'],
    ['Gone', 'a'],
  ])('uses the one named %s', (name, path) => {
    expect(uploadPaths(schema, document, name).map((found) => found.path)).toEqual([path]);
  });

  test('finds nothing in a document without an operation', () => {
    expect(uploadPaths(schema, parse('fragment F on Query { ok }'), null)).toEqual([]);
  });
});
