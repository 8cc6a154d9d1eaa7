/** The estimate for the values of a JSON text is not less than their memory. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { parseExactJson } from '../../src/conversation/exact-json.ts';
import { memoryOfJson } from '../../src/conversation/json-memory.ts';

const count = 50_000;
const list = (itemAt: (index: number) => string): string =>
  `[${Array.from({ length: count }, (_, index) => itemAt(index)).join(',')}]`;
const name = (index: number): string => JSON.stringify(index.toString(36));

test.each<[title: string, text: string]>([
  ['empty objects', list(() => '{}')],
  ['empty lists', list(() => '[]')],
  ['nested lists', list(() => '[[[[[]]]]]')],
  ['equal objects', list(() => '{"a":1}')],
  ['objects of different shapes', list((index) => `{${name(index)}:1}`)],
  ['keys', list((index) => `${name(index)}:1`).replace(/^.(.*).$/, '{$1}')],
  ['keys that are indexes', list((index) => `"${7_000 * index}":1`).replace(/^.(.*).$/, '{$1}')],
  ['objects with one index as the key', list(() => '{"34":1}')],
  ['nested objects with an index as the key', list(() => '{"34":{"34":{"34":{"34":1}}}}')],
  ['objects with an index after another key', list(() => '{"a":1,"34":1}')],
  ['objects with an index as the key, and white space', list(() => '{ "34"\n\t:1}')],
  ['objects with an index as the key, escaped', list(() => '{"\\u0033\\u0034":1}')],
  ['nested objects with an index as the key, escaped', list(() => '{"\\u00334":{"\\u00334":1}}')],
  ['integers', list(() => '1')],
  ['fractions', list((index) => `${index + 0.5}`)],
  ['exact numbers', list((index) => `${12_345_678_901_234_567_890n + BigInt(index)}`)],
  ['exponents', list(() => '1e999')],
  ['strings', list(name)],
])('%s', (_title, text) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heapUsed = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = heapUsed();
  const values = parseExactJson(text);
  const used = heapUsed() - before;
  expect(typeof values).toBe('object');
  expect(memoryOfJson(text) + text.length).toBeGreaterThan(0.9 * used);
});

test('does not count the characters of strings', () => {
  const texts = ['x'.repeat(1_000), '[{:,e"'.repeat(1_000), '\\'.repeat(1_000), '\\"'.repeat(1_000)];
  expect(texts.map((text) => memoryOfJson(JSON.stringify(text)))).toEqual([24, 24, 24, 24]);
  expect(memoryOfJson(`[${JSON.stringify('\\')},{}]`)).toBe(64 + 24 + 16 + 64);
});

test('counts at most 52 bytes per character, also of what is not JSON', () => {
  expect(memoryOfJson('[[[[')).toBe(4 * 52);
  expect(memoryOfJson('"')).toBe(24);
  expect(memoryOfJson('"\\')).toBe(24);
});
