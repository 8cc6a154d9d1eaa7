/** A form is parsed as it was written, and refused if it is malformed. */

import { expect, test } from 'vitest';
import { MalformedBody } from '../../../../src/sandbox/api/form/decode-utf8.ts';
import { parseUrlencoded } from '../../../../src/sandbox/api/form/parse-urlencoded.ts';

test('parses what URLSearchParams writes, in order and with repeats', () => {
  const fields: Array<[string, string]> = [
    ['body', 'a+b & c=d\r\n100% "é" 🎉 \u0000 \ufeffbom'],
    ['поле', '\ufeffbom first'],
    ['body', 'again'],
  ];
  expect(parseUrlencoded(new URLSearchParams(fields).toString())).toEqual(fields);
});

test('gives a name alone an empty value, splits at the first equals sign, ignores empty pairs', () => {
  expect(parseUrlencoded('&a&b=c=d&&=e&')).toEqual([
    ['a', ''],
    ['b', 'c=d'],
    ['', 'e'],
  ]);
  expect(parseUrlencoded('')).toEqual([]);
});

test.each(['a=100%', 'a=%zz', 'a=%4', 'a=%ff', 'a=%e2%82'])('refuses %s instead of repairing it', (text) => {
  expect(() => parseUrlencoded(text)).toThrow(MalformedBody);
});
