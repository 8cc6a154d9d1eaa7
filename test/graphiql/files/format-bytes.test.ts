/** Formats sizes of files. */

import { expect, test } from 'vitest';
import { formatBytes } from '../../../src/graphiql/files/format-bytes.ts';

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [1024 ** 2 - 1, '1023.9 KiB'],
  [10 * 1024 ** 2, '10 MiB'],
  [3 * 1024 ** 4, '3072 GiB'],
])('%d is %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
