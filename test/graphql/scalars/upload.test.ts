/** The `Upload` scalar accepts the `Upload` of graphql-upload-ts, and nothing else. */

import { assertScalarType, getVariableValues, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { Upload } from 'graphql-upload-ts';
import { expect, test } from 'vitest';
import { UploadedFile } from '../../../src/graphql/scalars/uploaded-file.ts';
import { schema } from '../../../src/graphql/schema.ts';

const scalar = assertScalarType(schema.getType('Upload'));
const arrived = { kind: 'tooBig', maxBytes: 1 } as const;

test('a file in the variables is an Upload of graphql-upload-ts', async () => {
  const file = new UploadedFile(Promise.resolve(arrived));
  expect(file).toBeInstanceOf(Upload);
  expect(await file.promise).toBe(arrived);
});

test('coercing a file again does not change it', () => {
  for (const file of [new UploadedFile(Promise.resolve(arrived)), new Upload()]) {
    expect(scalar.parseValue(scalar.parseValue(file))).toBe(file);
  }
});

test.each([
  ['a text', 'a.txt'],
  ['an object', {}],
  ['the fields of a file', { promise: Promise.resolve(arrived), resolve() {}, reject() {} }],
  ['a promise', Promise.resolve(arrived)],
  ['a list', [new Upload()]],
])('rejects %s with a message that says what to do, and the status 400', (_name, value) => {
  expect(rejection(() => scalar.parseValue(value))).toMatchObject({
    message: expect.stringMatching(/^An Upload must be a file: send multipart/),
    extensions: { http: { status: 400 } },
  });
});

test('rejects a literal', () => {
  const node = { kind: Kind.STRING, value: 'a.txt' } as const;
  expect(rejection(() => scalar.parseLiteral(node))).toMatchObject({
    message: expect.stringMatching(/^An Upload must be a file/),
    nodes: [node],
  });
});

test('a broken request rejects the promise, also if no resolver waits for it', async () => {
  const broken = new Error('The request was aborted.');
  const file = new UploadedFile(Promise.reject(broken));
  await new Promise((resolve) => setImmediate(resolve));
  await expect(file.promise).rejects.toBe(broken);
});

test('a message about a variable shows no internals of a file', () => {
  const document = parse('query ($id: ID) { __typename }');
  const [operation] = document.definitions as readonly OperationDefinitionNode[];
  const variables = { id: new UploadedFile(Promise.resolve(arrived)) };
  const { errors } = getVariableValues(schema, operation?.variableDefinitions ?? [], variables);
  expect(errors?.map(({ message }) => message)).toEqual([
    'Variable "$id" got invalid value a file; ID cannot represent value: a file',
  ]);
});

function rejection(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}
