/** Cursors name a part, and nothing else is a cursor. */

import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../../src/graphql/conversation/cursor.ts';

test.each(['1', '1447294760057308402', '18446744073709551615'])(
  'a cursor of part %s is decoded to its id',
  (id) => {
    const cursor = encodeCursor(id);
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(cursor).not.toContain(id);
    expect(decodeCursor(cursor)).toBe(id);
  },
);

const base64url = (text: string) => Buffer.from(text).toString('base64url');

test.each([
  '',
  '1',
  'part:1:5',
  base64url('5'),
  base64url('part:2:5'),
  base64url('part:1:'),
  base64url('part:1:0'),
  base64url('part:1:05'),
  base64url('part:1:18446744073709551616'),
  base64url('part:1:5"]'),
  base64url('part:1:abc'),
  `${encodeCursor('5')}=`,
  `${encodeCursor('5')} `,
  `\n${encodeCursor('5')}`,
  `${encodeCursor('5')}${encodeCursor('5')}`,
  'A'.repeat(100_000),
])('%j is not a cursor', (cursor) => {
  expect(decodeCursor(cursor)).toBeNull();
});
