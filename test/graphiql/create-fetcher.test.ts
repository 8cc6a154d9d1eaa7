/** Numbers are displayed with all their digits. */

import { expect, test } from 'vitest';
import { parseExactly } from '../../src/graphiql/create-fetcher.ts';

test.each([
  '{"id":12345678901234567890,"price":1.10}',
  '[0,-1,1.5,1e400,0.1,9007199254740993]',
  '"12345678901234567890"',
  '{"a":{"b":[null,true,"x"]}}',
])('%s stays unchanged', (text) => {
  expect(JSON.stringify(parseExactly(text))).toBe(text);
});
