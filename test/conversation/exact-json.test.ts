/** Parsing and writing JSON keeps the value of every number. */

import { describe, expect, test } from 'vitest';
import {
  exactNumber,
  isJsonObject,
  maxJsonDepth,
  parseExactJson,
} from '../../src/conversation/exact-json.ts';

const survivors = [
  '12345678901234567890',
  '-12345678901234567890',
  '9007199254740993',
  '-9007199254740993',
  '0.1000000000000000055511151231257827',
  '1e400',
  '-1e400',
  '1E-400',
  '1e+400',
  '1e0000000000400',
  '123456789.123456789123',
  '1234567890123456',
  '0.00000000000000000001',
  '9'.repeat(2_000),
  `0.${'1'.repeat(2_000)}`,
];

test.each(survivors)('%s keeps its text', (token) => {
  for (const [before, after] of [
    ['', ''],
    ['[', ']'],
    ['[1,', ',2]'],
    ['{"a":', '}'],
    ['{"a":{"b":[', ']}}'],
    ['[[', ']]'],
  ]) {
    const text = `${before}${token}${after}`;
    if (before !== '') expect(JSON.stringify(parseExactJson(text))).toBe(text);
  }
  expect(JSON.stringify(exactNumber(token))).toBe(token);
});

test.each([
  ['1685352440.123456', 'number'],
  ['1234567890123456', 'number'],
  ['-1234567890.123456', 'number'],
  ['9007199254740993', 'object'],
  // A double prints these digits, but other integers round to it as well.
  ['9007199254740994', 'object'],
  ['10000000000000000000', 'object'],
  ['1685352440.1234560', 'object'],
  ['1.5e+300', 'object'],
])('%s becomes a %s: a number if that prints the same digits', (token, type) => {
  expect(typeof exactNumber(token)).toBe(type);
  expect(typeof (parseExactJson(`[${token}]`) as unknown[])[0]).toBe(type);
});

test('finds numbers with white space around them', () => {
  expect(
    JSON.stringify(parseExactJson('{"a" :\r\n\t  12345678901234567890 , "b": [ \n -9007199254740993 ]}')),
  ).toBe('{"a":12345678901234567890,"b":[-9007199254740993]}');
});

test('every number of 1 to 40 digits, with a point and an exponent anywhere, keeps its value', () => {
  const digits = '9876543210123456789012345678901234567891';
  for (let length = 1; length <= 40; length++) {
    for (let point = 0; point < length; point += 3) {
      for (const exponent of ['', 'e5', 'e-7', 'E22', 'e+99', 'e-99', 'e308', 'e-320', 'e999']) {
        const whole = digits.slice(0, length - point);
        const token = `${whole}${point ? `.${digits.slice(length - point, length)}` : ''}${exponent}`;
        const written = JSON.stringify(parseExactJson(`[${token}]`)).slice(1, -1);
        expect(decimalOf(written), token).toEqual(decimalOf(token));
      }
    }
  }
});

test('numbers that a double holds stay numbers', () => {
  expect(parseExactJson('[0, -1, 1.5, 1e21, 123456789012345, {"a": 1685352440.123}]')).toEqual([
    0,
    -1,
    1.5,
    1e21,
    123456789012345,
    { a: 1685352440.123 },
  ]);
});

test('strings that look like long numbers stay strings', () => {
  const json = '{"a":"12345678901234567890","b":":12345678901234567890","12345678901234567890":["[1e400"]}';
  expect(JSON.stringify(parseExactJson(json))).toBe(json);
});

test('a long number does not change its neighbours', () => {
  const json = '{"__proto__":{"a":1},"constructor":null,"n":12345678901234567890,"list":[true,"x",{}],"":[]}';
  const parsed = parseExactJson(json);
  expect(JSON.stringify(parsed)).toBe(json);
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
});

test.each([
  '',
  '{',
  '[01]',
  '[12345678901234567890',
  '[1234567890123456789x]',
  'NaN',
  '[.1234567890123456789]',
  "{'a': 1}",
])('%s is not JSON', (text) => {
  expect(() => parseExactJson(text)).toThrow(SyntaxError);
});

describe('a JSON object', () => {
  const nested = (levels: number, innermost: unknown): unknown =>
    levels === 0 ? innermost : { a: nested(levels - 1, innermost) };

  test.each([
    ['null', null],
    ['a list', []],
    ['a text', ''],
    ['a number', 1],
    ['an exact number', JSON.rawJSON('12345678901234567890')],
    ['too many levels', nested(maxJsonDepth + 1, 1)],
    ['too many levels, the last being empty', nested(maxJsonDepth, {})],
    ['too many levels, the last being a list', nested(maxJsonDepth, [])],
    ['very many levels', nested(5_000, 1)],
  ])('is not %s', (_title, value) => {
    expect(isJsonObject(value)).toBe(false);
  });

  test.each([
    ['an empty one', {}],
    ['any value inside', { a: null, b: [1, 'x', true, {}] }],
    ['an exact number inside', { a: JSON.rawJSON('12345678901234567890') }],
    ['as many levels as are allowed', nested(maxJsonDepth, 1)],
    ['as many levels, with a list', nested(maxJsonDepth - 1, [null])],
  ])('is %s', (_title, value) => {
    expect(isJsonObject(value)).toBe(true);
  });

  test('may have the maximum depth around an exact number', () => {
    expect(isJsonObject(nested(maxJsonDepth, JSON.rawJSON('12345678901234567890')))).toBe(true);
  });
});

/** The digits and the exponent of a decimal number, so that two notations of a value are equal. */
function decimalOf(token: string): { digits: string; exponent: number } {
  const [mantissa = '', exponent = '0'] = token.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  return {
    digits: significant,
    exponent: Number(exponent) - fraction.length + digits.length - significant.length,
  };
}
