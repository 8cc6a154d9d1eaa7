/** An API key is identified by its hash, completely and byte by byte. */

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ApiKeys } from '../../../src/http/auth/api-keys.ts';

const hashOf = (key: string | Buffer) => createHash('sha256').update(key).digest('hex');

/** As Node decodes the bytes of a header. */
const asHeader = (key: string) => Buffer.from(key).toString('latin1');

test.each(['a', 'key-of-a-server', 'x'.repeat(10_000), 'ключ', 'é', '\u0000'])(
  'identifies %j by its hash',
  (key) => {
    expect(new ApiKeys([hashOf(key)]).identify(asHeader(key))).toBe(hashOf(key));
    expect(new ApiKeys([hashOf('other'), hashOf(key), hashOf('more')]).identify(asHeader(key))).toBe(
      hashOf(key),
    );
  },
);

test.each(['', 'b', 'aa', 'A', ' a', 'a ', hashOf('a'), hashOf('a').toUpperCase()])(
  '%j is not "a"',
  (key) => {
    expect(new ApiKeys([hashOf('a')]).identify(key)).toBeNull();
  },
);

test('rejects every key if there are none', () => {
  expect(new ApiKeys([]).identify('')).toBeNull();
});

test('assigns each key its own id, which does not reveal it', () => {
  const keys = new ApiKeys(['one', 'two'].map(hashOf));
  expect(new Set(['one', 'two'].map((key) => keys.identify(key))).size).toBe(2);
  expect(keys.identify('one')).not.toContain('one');
});
