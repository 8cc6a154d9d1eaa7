/** Every kind of action is in the table of the request to Dashly. */

import { expect, test } from 'vitest';
import type { ReplyAction } from '../../src/conversation/reply.ts';
import { columnBelow } from './sections.ts';

const page = 'docs/delivery.md';
const heading = 'The request to Dashly';

/** The type of each kind in the REST API. A kind without a row does not compile. */
const types: Record<ReplyAction['kind'], string> = { quickReply: 'quick_reply' };

test(`the table of ${page} has a row for each kind of action, with its type in the REST API`, () => {
  const rest = columnBelow(page, heading, 2);
  const rows = columnBelow(page, heading).flatMap((input, row) => {
    const kind = /^actions: \[\{ (\w+):/.exec(input)?.[1];
    return kind ? [[kind, /"type":"(\w+)"/.exec(rest[row] ?? '')?.[1]]] : [];
  });
  expect(Object.fromEntries(rows)).toEqual(types);
});
