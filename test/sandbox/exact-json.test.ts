/** Numbers keep every digit. */

import { expect, test } from 'vitest';
import { exactNumber, isJsonObject, parseExactJson } from '../../src/sandbox/exact-json.ts';

test.each([
  '12345678901234567890',
  '0.1000000000000000055511151231257827',
  '{"a":[1.50,-0,1e400,9007199254740993],"b":{"c":null,"d":"1.50"}}',
  '{"__proto__":{"x":1}}',
])('writes %s as it was parsed', (text) => {
  expect(JSON.stringify(parseExactJson(text))).toBe(text);
});

test('writes an exact number with every digit', () => {
  expect(JSON.stringify({ id: exactNumber('18446744073709551615') })).toBe('{"id":18446744073709551615}');
});

test('recognizes objects only', () => {
  expect(isJsonObject(parseExactJson('{}'))).toBe(true);
  for (const text of ['1', '[]', 'null', '"{}"', 'true'])
    expect(isJsonObject(parseExactJson(text))).toBe(false);
});

test('throws for text that is not JSON', () => {
  expect(() => parseExactJson("{'a': 1}")).toThrow(SyntaxError);
});
