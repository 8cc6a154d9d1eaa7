/** The map puts each file into the variables, and nowhere else. */

import { describe, expect, test } from 'vitest';
import { BadRequest } from '../../../src/http/endpoint/errors.ts';
import { parseFileMap } from '../../../src/http/uploads/file-map.ts';

const variables = () =>
  JSON.parse(`{
    "file": null, "other": null, "text": "a", "zero": 0, "no": false, "empty": "", "object": {}, "": null, "a.b": null,
    "input": { "attachment": { "file": null } }, "list": [null, { "file": null }, [null]],
    "own": { "__proto__": null, "constructor": null, "length": null, "hasOwnProperty": null }
  }`);

const read = (
  map: unknown,
  operation: Record<string, unknown> = { query: '', variables: variables() },
  maxFiles = 5,
) => parseFileMap(typeof map === 'string' ? map : JSON.stringify(map), operation, maxFiles);

function refusal(map: unknown, operation?: Record<string, unknown>): { status: number; message: string } {
  try {
    read(map, operation);
  } catch (error) {
    if (error instanceof BadRequest) return { status: error.status, message: error.message };
    throw error;
  }
  return { status: 200, message: 'taken' };
}

describe('a path', () => {
  test.each<[path: string]>([
    ['variables.file'],
    ['variables.input.attachment.file'],
    ['variables.list.0'],
    ['variables.list.1.file'],
    ['variables.list.2.0'],
    ['variables.'],
    ['variables.own.__proto__'],
    ['variables.own.constructor'],
    ['variables.own.length'],
    ['variables.own.hasOwnProperty'],
  ])('is resolved: %s', (path) => {
    const operation = { variables: variables() };
    const paths = read({ '0': [path] }, operation).get('0');
    expect(paths).toHaveLength(1);
    const marker = {};
    for (const { container, key } of paths ?? []) container[key] = marker;
    let value: unknown = operation;
    for (const step of path.split('.')) {
      expect(Object.hasOwn(value as object, step)).toBe(true);
      value = Object.getOwnPropertyDescriptor(value, step)?.value;
    }
    expect(value).toBe(marker);
    expect(Object.getPrototypeOf(operation.variables.own)).toBe(Object.prototype);
  });

  test.each<[path: unknown, says: RegExp]>([
    [null, /string/],
    [5, /string/],
    [{}, /string/],
    [['variables.file'], /string/],
    [`variables.${'a'.repeat(192)}`, /at most 200 characters/],
    [`variables.${'a.'.repeat(500_000)}`, /at most 200 characters/],
    ['', /is not in the variables/],
    ['variables', /is not in the variables/],
    ['query', /is not in the variables/],
    ['operationName', /is not in the variables/],
    ['extensions.file', /is not in the variables/],
    ['Variables.file', /is not in the variables/],
    [' variables.file', /is not in the variables/],
    ['variablesfile', /is not in the variables/],
    ['0.variables.file', /is not in the variables/],
    ['__proto__.file', /is not in the variables/],
    ['constructor.prototype.file', /is not in the variables/],
    ['variables.missing', /does not point to a null/],
    ['variables.file.', /does not point to a null/],
    ['variables.file.deeper', /does not point to a null/],
    ['variables..file', /does not point to a null/],
    ['variables.file ', /does not point to a null/],
    ['variables.a.b', /does not point to a null/],
    ['variables[file]', /is not in the variables/],
    ['variables.list', /does not point to a null/],
    ['variables.list.00', /does not point to a null/],
    ['variables.list.-1', /does not point to a null/],
    ['variables.list.3', /does not point to a null/],
    ['variables.list.length', /does not point to a null/],
    ['variables.list[0]', /does not point to a null/],
    ['variables.text', /does not point to a null/],
    ['variables.text.0', /does not point to a null/],
    ['variables.text.length', /does not point to a null/],
    ['variables.zero', /does not point to a null/],
    ['variables.no', /does not point to a null/],
    ['variables.empty', /does not point to a null/],
    ['variables.object', /does not point to a null/],
    ['variables.__proto__', /does not point to a null/],
    ['variables.__proto__.__proto__', /does not point to a null/],
    ['variables.__proto__.file', /does not point to a null/],
    ['variables.constructor', /does not point to a null/],
    ['variables.constructor.prototype', /does not point to a null/],
    ['variables.constructor.prototype.file', /does not point to a null/],
    ['variables.toString', /does not point to a null/],
    [`variables${'.list'.repeat(38)}`, /does not point to a null/],
  ])('is rejected: %j', (path, says) => {
    expect(refusal({ '0': [path] })).toEqual({ status: 400, message: expect.stringMatching(says) });
    expect(refusal({ '0': [path] }).message.length).toBeLessThan(300);
  });

  test.each<[name: string, operation: Record<string, unknown>]>([
    ['missing', {}],
    ['null', { variables: null }],
    ['a text', { variables: 'file' }],
    ['a list', { variables: [] }],
    ['inherited', Object.create({ variables: { file: null } })],
  ])('is rejected if the variables are %s', (_name, operation) => {
    expect(refusal({ '0': ['variables.file'] }, operation).status).toBe(400);
  });

  test.each<[map: object]>([
    [{ '0': ['variables.file', 'variables.file'] }],
    [{ '0': ['variables.file'], '1': ['variables.file'] }],
  ])('is rejected the second time: %j', (map) => {
    expect(refusal(map)).toEqual({ status: 400, message: expect.stringMatching(/"variables.file".* twice/) });
  });
});

describe('a map', () => {
  test('can list several paths for a file, and files in any order', () => {
    const files = read({ b: ['variables.file', 'variables.list.0'], a: ['variables.other'] });
    expect([...files].map(([name, paths]) => [name, paths.map(({ key }) => key)])).toEqual([
      ['b', ['file', '0']],
      ['a', ['other']],
    ]);
  });

  test('can be empty, and can contain any name', () => {
    expect(read({}).size).toBe(0);
    expect([...read('{"__proto__": ["variables.file"], "": ["variables.other"]}').keys()]).toEqual([
      '__proto__',
      '',
    ]);
  });

  test.each<[map: string]>([
    [''],
    ['{'],
    ['nonsense'],
    ['null'],
    ['[]'],
    ['[["variables.file"]]'],
    ['"variables.file"'],
    ['5'],
    ['true'],
    ['\ufeff{}'],
    ['['.repeat(100_000)],
    ['{"a":'.repeat(100_000)],
  ])('is rejected if it is not a JSON object: %.40j', (map) => {
    expect(refusal(map)).toEqual({ status: 400, message: 'The field "map" must be a JSON object.' });
  });

  test.each<[entry: unknown]>([
    ['variables.file'],
    [null],
    [5],
    [true],
    [{}],
    [{ 0: 'variables.file', length: 1 }],
    [[]],
  ])('is rejected with the entry %j', (entry) => {
    const { status, message } = refusal({ first: entry });
    expect({ status, message }).toEqual({ status: 400, message: expect.stringMatching(/"first".* list/) });
  });

  test('accepts files up to the limit', () => {
    const names = ['file', 'other', 'list.0', 'list.1.file', 'list.2.0', ''];
    const map = (count: number) =>
      Object.fromEntries(names.slice(0, count).map((name, index) => [index, [`variables.${name}`]]));
    expect(read(map(5)).size).toBe(5);
    expect(refusal(map(6))).toEqual({ status: 413, message: 'A request may have at most 5 files.' });
  });

  test('accepts up to 10 paths for a file', () => {
    const operation = (count: number) => ({ variables: { list: Array.from({ length: count }, () => null) } });
    const map = (count: number) => ({
      '0': Array.from({ length: count }, (_, index) => `variables.list.${index}`),
    });
    expect(read(map(10), operation(10)).get('0')).toHaveLength(10);
    expect(refusal(map(11), operation(11))).toEqual({
      status: 400,
      message: expect.stringMatching(/1 to 10 paths/),
    });
  });

  test('is shortened in messages', () => {
    const long = 'n'.repeat(500_000);
    expect(refusal({ [long]: 5 }).message.length).toBeLessThan(300);
    expect(refusal({ [`\n"${long}`]: [] }).message).not.toContain('\n');
  });
});
