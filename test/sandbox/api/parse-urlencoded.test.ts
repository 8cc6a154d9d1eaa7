/** A form is read as it was written, and refused where it is malformed. */

import { expect, test } from 'vitest';
import { MalformedBody } from '../../../src/sandbox/api/decode-utf8.ts';
import { parseUrlencoded } from '../../../src/sandbox/api/parse-urlencoded.ts';

test('reads what URLSearchParams writes, in order and with repeats', () => {
  const fields: Array<[string, string]> = [
    ['body', 'a+b & c=d\r\n100% "é" 🎉 \u0000 \ufeffbom'],
    ['поле', '\ufeffbom first'],
    ['body', 'again'],
  ];
  expect(parseUrlencoded(new URLSearchParams(fields).toString())).toEqual(fields);
});

test('a name alone has an empty value, the first equals sign divides, empty pairs are nothing', () => {
  expect(parseUrlencoded('&a&b=c=d&&=e&')).toEqual([
    ['a', ''],
    ['b', 'c=d'],
    ['', 'e'],
  ]);
  expect(parseUrlencoded('')).toEqual([]);
});

test.each(['a=100%', 'a=%zz', 'a=%4', 'a=%ff', 'a=%e2%82'])('%s is refused, not repaired', (text) => {
  expect(() => parseUrlencoded(text)).toThrow(MalformedBody);
});
