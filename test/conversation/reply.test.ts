/** Which texts are ids. */

import { expect, test } from 'vitest';
import { isId } from '../../src/conversation/reply.ts';

test.each([
  '1',
  '9',
  '10',
  '9007199254740993',
  '9999999999999999999',
  '10000000000000000000',
  '18446744073709551615',
])('"%s" is an id', (text) => {
  expect(isId(text)).toBe(true);
});

test.each([
  '',
  '0',
  '00',
  '01',
  '-1',
  '+1',
  '1.0',
  '1e3',
  '0x1',
  ' 1',
  '1 ',
  '1\n',
  '\n1',
  '1\n2',
  '１',
  '١',
  '1/../2',
  '1%2f',
  'a',
  '18446744073709551616',
  '99999999999999999999',
  '100000000000000000000',
  '018446744073709551615',
])('"%s" is not an id', (text) => {
  expect(isId(text)).toBe(false);
});
