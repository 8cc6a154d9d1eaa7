/** A file of the map must be used by a variable of type Upload. */

import { getOperationAST, parse } from 'graphql';
import { expect, test } from 'vitest';
import { UploadedFile } from '../../../src/graphql/scalars/uploaded-file.ts';
import { schema } from '../../../src/graphql/schema.ts';
import { hasUnusedFile } from '../../../src/http/uploads/unused-files.ts';

const newFile = () => new UploadedFile(new Promise(() => {}));
const one = newFile();
const two = newFile();

const whole =
  'mutation ($input: ReplyToConversationInput!) { replyToConversation(input: $input) { __typename } }';
const attachment = (file: unknown) => ({ input: { conversationId: '1', attachment: { file } } });

test.each<[name: string, declared: string, variables: Record<string, unknown>, files: UploadedFile[]]>([
  ['a variable', '($f: Upload)', { f: one }, [one]],
  ['a non-null variable', '($f: Upload!)', { f: one }, [one]],
  ['a list', '($f: [[Upload!]!]!)', { f: [[one], [two]] }, [one, two]],
  ['an item instead of a list', '($f: [Upload])', { f: one }, [one]],
  ['one file in two variables', '($f: Upload, $g: Upload)', { f: one, g: one }, [one]],
  ['an input object', '($input: ReplyToConversationInput!)', attachment(one), [one]],
  [
    'an input object with an invalid field',
    '($input: ReplyToConversationInput!)',
    { input: { nope: 1, attachment: { file: one } } },
    [one],
  ],
])('uses a file in %s', (_name, declared, variables, files) => {
  expect(isUnused(`query ${declared} { __typename }`, variables, files)).toBe(false);
});

test.each<[name: string, declared: string, variables: Record<string, unknown>, files: UploadedFile[]]>([
  ['in no variable', '($f: Upload)', { f: null }, [one]],
  ['in an undeclared variable', '', { f: one }, [one]],
  ['in a variable of another type', '($f: ID)', { f: one }, [one]],
  ['in JSON', '($f: JSONObject)', { f: { a: one } }, [one]],
  ['in an unknown field of the type', '($input: ReplyToConversationInput!)', { input: { x: one } }, [one]],
  ['in a field of another type', '($input: ReplyToConversationInput!)', { input: { body: one } }, [one]],
  ['in an object instead of a file', '($f: Upload)', { f: { a: one } }, [one]],
  ['next to a used one', '($f: Upload)', { f: one, g: two }, [one, two]],
  ['in an inherited property', '($constructor: Upload)', {}, [one]],
])('does not use a file %s', (_name, declared, variables, files) => {
  expect(isUnused(`query ${declared} { __typename }`, variables, files)).toBe(true);
});

test('uses no file if there is none', () => {
  expect(isUnused(whole, attachment(null), [])).toBe(false);
});

function isUnused(query: string, variables: Record<string, unknown>, files: UploadedFile[]): boolean {
  const operation = getOperationAST(parse(query));
  return operation != null && hasUnusedFile(files, variables, operation, schema);
}
