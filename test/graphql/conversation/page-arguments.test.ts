/** The arguments of a connection, by the Relay specification. */

import { expect, test } from 'vitest';
import type { PartRange } from '../../../src/conversation/reading/read-conversation.ts';
import { encodeCursor } from '../../../src/graphql/conversation/cursor.ts';
import { type PageArguments, readPageArguments } from '../../../src/graphql/conversation/page-arguments.ts';

const [five, nine] = [encodeCursor('5'), encodeCursor('9')];

test.each<[PageArguments, PartRange]>([
  [{}, { end: 'last', count: 20, after: null, before: null }],
  [
    { first: null, after: null, last: null, before: null },
    { end: 'last', count: 20, after: null, before: null },
  ],
  [{ first: 1 }, { end: 'first', count: 1, after: null, before: null }],
  [{ last: 50 }, { end: 'last', count: 50, after: null, before: null }],
  [
    { first: 50, after: five },
    { end: 'first', count: 50, after: '5', before: null },
  ],
  [
    { last: 2, before: nine },
    { end: 'last', count: 2, after: null, before: '9' },
  ],
  [{ after: five }, { end: 'first', count: 20, after: '5', before: null }],
  [{ before: nine }, { end: 'last', count: 20, after: null, before: '9' }],
  [
    { after: five, before: nine },
    { end: 'last', count: 20, after: '5', before: '9' },
  ],
  [
    { first: 3, before: nine },
    { end: 'first', count: 3, after: null, before: '9' },
  ],
  [
    { last: 3, after: five },
    { end: 'last', count: 3, after: '5', before: null },
  ],
  [
    { first: 3, after: five, before: nine },
    { end: 'first', count: 3, after: '5', before: '9' },
  ],
])('%j selects %j', (args, range) => {
  expect(readPageArguments(args)).toEqual(range);
});

test.each<[PageArguments, message: string]>([
  [{ first: 1, last: 1 }, 'The arguments "first" and "last" exclude each other; use one of them.'],
  [{ first: 0 }, 'The argument "first" must be an integer between 1 and 50, but is 0.'],
  [{ first: 51 }, 'The argument "first" must be an integer between 1 and 50, but is 51.'],
  [{ last: -1 }, 'The argument "last" must be an integer between 1 and 50, but is -1.'],
  [{ first: 1, after: '' }, 'The argument "after" must be a cursor of a part, as this gateway returns it.'],
  [{ last: 1, before: '5' }, 'The argument "before" must be a cursor of a part, as this gateway returns it.'],
])('%j is refused: %s', (args, message) => {
  expect(() => readPageArguments(args)).toThrow(
    expect.objectContaining({ message, extensions: { code: 'BAD_USER_INPUT' } }),
  );
});
