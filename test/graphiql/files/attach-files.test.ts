/** Files become parts of a form, in the order and with the names of the GraphQL multipart request specification. */

import { describe, expect, test } from 'vitest';
import { attachFiles, missingPaths, type Variables } from '../../../src/graphiql/files/attach-files.ts';
import type { UploadPath } from '../../../src/graphiql/files/upload-paths.ts';

const uploadPath = (path: string, isList = false): UploadPath => ({ path, isRequired: true, isList });
const file = (name: string) => new File([name], name);
const query = 'mutation Send { ok }';

function formOf(variables: Variables | undefined, chosen: [UploadPath, File[]][]) {
  const form = attachFiles(
    { query, operationName: 'Send', ...(variables && { variables }) },
    new Map(chosen),
  );
  const { operations, map, ...files } = Object.fromEntries(form);
  return {
    order: [...form.keys()],
    operations: JSON.parse(String(operations)),
    map: JSON.parse(String(map)),
    files: Object.entries(files).map(([name, value]) => [name, value instanceof File && value.name]),
  };
}

test('the operation comes first, then the map, then the files', () => {
  const form = formOf({ id: '1' }, [[uploadPath('file'), [file('a.txt')]]]);
  expect(form).toEqual({
    order: ['operations', 'map', '0'],
    operations: { query, operationName: 'Send', variables: { id: '1', file: null } },
    map: { 0: ['variables.file'] },
    files: [['0', 'a.txt']],
  });
});

test.each<[given: Variables | undefined, path: string, sent: Variables]>([
  [undefined, 'file', { file: null }],
  [{}, 'input.attachment.file', { input: { attachment: { file: null } } }],
  [{ input: null }, 'input.attachment.file', { input: { attachment: { file: null } } }],
  [{ input: [1] }, 'input.file', { input: { file: null } }],
  [
    { input: { body: 'Hi', attachment: { fileName: 'b.txt', file: 'a text' } } },
    'input.attachment.file',
    { input: { body: 'Hi', attachment: { fileName: 'b.txt', file: null } } },
  ],
])('with the variables %j a file for %s results in %j', (given, path, sent) => {
  const before = JSON.stringify(given);
  const { operations, map } = formOf(given, [[uploadPath(path), [file('a.txt')]]]);
  expect(operations.variables).toEqual(sent);
  expect(map).toEqual({ 0: [`variables.${path}`] });
  expect(JSON.stringify(given)).toBe(before);
});

test('lists have a null and a path for each file', () => {
  const { operations, map, files } = formOf({}, [
    [uploadPath('cover'), [file('a')]],
    [uploadPath('album.pictures', true), [file('b'), file('c')]],
  ]);
  expect(operations.variables).toEqual({ cover: null, album: { pictures: [null, null] } });
  expect(map).toEqual({
    0: ['variables.cover'],
    1: ['variables.album.pictures.0'],
    2: ['variables.album.pictures.1'],
  });
  expect(files).toEqual([
    ['0', 'a'],
    ['1', 'b'],
    ['2', 'c'],
  ]);
});

describe('a required file is missing', () => {
  const required = uploadPath('input.attachment.file');
  const cases: [wanted: UploadPath, variables: Variables, isMissed: boolean][] = [
    [uploadPath('file'), {}, true],
    [uploadPath('file'), { file: null }, true],
    [uploadPath('file'), { file: 'a text, which the gateway will refuse' }, false],
    [{ ...uploadPath('file'), isRequired: false }, {}, false],
    [required, {}, false],
    [required, { input: {} }, false],
    [required, { input: { attachment: null } }, false],
    [required, { input: { attachment: {} } }, true],
    [required, { input: { attachment: { file: null, fileName: 'a' } } }, true],
  ];

  test.each(cases)('for %j with the variables %j: %s', (wanted, variables, isMissed) => {
    expect(missingPaths([wanted], variables, new Map())).toEqual(isMissed ? [wanted] : []);
  });

  test('not if it was chosen', () => {
    const wanted = uploadPath('file');
    expect(missingPaths([wanted], {}, new Map([[wanted, [file('a')]]]))).toEqual([]);
  });
});
