/** Pages of a conversation: walks in both directions, what a user does not see, and who may read. */

import { describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/conversation/callers/caller.ts';
import type { CallerRights } from '../../../src/conversation/callers/caller-rights.ts';
import { unlimited } from '../../../src/conversation/callers/rate-limit.ts';
import { Deadline } from '../../../src/conversation/deadline.ts';
import type { ConversationPart, PartType } from '../../../src/conversation/part.ts';
import {
  type ConversationPage,
  createReadConversation,
  type PartRange,
  type ReadConversationPorts,
} from '../../../src/conversation/reading/read-conversation.ts';
import type {
  PartsPage,
  ReadFailure,
  ReadParts,
  ReadPartsRequest,
} from '../../../src/conversation/reading/read-parts.ts';
import { RequestAborted } from '../../../src/conversation/request-aborted.ts';

const conversationId = '7';
const firstId = 101;

/** One part for each letter: a message (m), a note (n). The first has the id 101. */
function partsFrom(letters: string): ConversationPart[] {
  return [...letters].map((letter, index) => {
    const type: PartType = letter === 'm' ? 'REPLY_ADMIN' : 'NOTE';
    return { id: String(firstId + index), type, removedAt: null } as ConversationPart;
  });
}

/** Pages as Dashly makes them: by the id at the position, newest first. */
function dashlyWith(all: readonly ConversationPart[]) {
  const requests: ReadPartsRequest<Caller>[] = [];
  const readParts: ReadParts<Caller> = async (request) => {
    requests.push(request);
    const { position, direction, count } = request;
    const isAhead = ({ id }: ConversationPart) =>
      position === null ||
      (direction === 'before' ? Number(id) < Number(position) : Number(id) > Number(position));
    const ahead = all.filter(isAhead);
    const parts = direction === 'before' ? ahead.slice(-count) : ahead.slice(0, count);
    const [oldest, newest] = [parts.at(0)?.id ?? position, parts.at(-1)?.id ?? position];
    return {
      kind: 'page',
      parts: parts.toReversed(),
      nextBefore: all.some(({ id }) => Number(id) < Number(oldest)) ? oldest : null,
      nextAfter: newest !== null && all.some(({ id }) => Number(id) > Number(newest)) ? newest : null,
      date: null,
    };
  };
  return { requests, readParts };
}

function callerWith(rights: CallerRights): Caller {
  return { kind: 'jwt', id: 'me', rights };
}

const admin = callerWith({ speaker: { kind: 'admin', id: '1' }, conversationIds: null });
const visitor = callerWith({
  speaker: { kind: 'user', id: '2' },
  conversationIds: new Set([conversationId]),
});

interface ReaderOptions extends Partial<ReadConversationPorts<Caller>> {
  readonly maxReservations?: number;
  /** Receives the ids of the parts for which memory was reserved. */
  readonly reserved?: string[];
}

function reader(
  readParts: ReadParts<Caller>,
  { maxReservations = Number.POSITIVE_INFINITY, reserved = [], ...more }: ReaderOptions = {},
) {
  const read = createReadConversation<Caller>({
    readParts,
    rateLimit: () => unlimited,
    adviceWithoutCaller: 'Send a token.',
    ...more,
  });
  return (
    caller: Caller | null,
    range: Partial<PartRange> = {},
    deadline = new Deadline(5_000),
    signal = new AbortController().signal,
  ) =>
    read(
      caller,
      {
        conversationId,
        range: { end: 'last', count: 20, after: null, before: null, ...range },
        optionalFields: new Set(),
        signal,
        deadline,
        reserveMemory: (parts) => {
          reserved.push(parts.map(({ id }) => id).join());
          return reserved.length <= maxReservations;
        },
      },
      () => {},
    );
}

function asPage(result: ConversationPage | ReadFailure): ConversationPage {
  if (result.kind === 'failure') throw new Error(result.message);
  return result;
}

const idsOf = ({ parts }: ConversationPage) => parts.map(({ id }) => Number(id));

/** The ids of all pages, walked from one end to the other. */
async function walk(
  read: (range: Partial<PartRange>) => Promise<ConversationPage>,
  end: PartRange['end'],
  count: number,
): Promise<number[][]> {
  const pages: number[][] = [];
  let cursor: string | null = null;
  for (;;) {
    const page: ConversationPage = await read({ end, count, [end === 'last' ? 'before' : 'after']: cursor });
    pages.push(idsOf(page));
    const hasMore: boolean = end === 'last' ? page.hasOlder : page.hasNewer;
    if (!hasMore) return pages;
    const next: string | null = end === 'last' ? page.oldest : page.newest;
    if (next === null || next === cursor) throw new Error('The walk does not proceed.');
    cursor = next;
  }
}

describe('a caller who sees everything', () => {
  test('gets the newest parts, oldest first, with one call', async () => {
    const { requests, readParts } = dashlyWith(partsFrom('nmnmn'));
    const page = await reader(readParts)(admin, { count: 2 });
    expect(page).toEqual({
      kind: 'page',
      parts: [expect.objectContaining({ id: '104' }), expect.objectContaining({ id: '105' })],
      hasOlder: true,
      hasNewer: false,
      oldest: '104',
      newest: '105',
    });
    expect(requests).toEqual([expect.objectContaining({ position: null, direction: 'before', count: 2 })]);
  });

  test('gets the oldest parts from the start of the conversation', async () => {
    const { requests, readParts } = dashlyWith(partsFrom('mmm'));
    const page = asPage(await reader(readParts)(admin, { end: 'first', count: 2 }));
    expect(idsOf(page)).toEqual([101, 102]);
    expect(page).toMatchObject({ hasOlder: false, hasNewer: true, newest: '102' });
    // Without a position Dashly begins at the end.
    expect(requests).toEqual([expect.objectContaining({ position: '1', direction: 'after', count: 2 })]);
  });

  test.each<[end: PartRange['end'], pages: number[][]]>([
    ['last', [[104, 105], [102, 103], [101]]],
    ['first', [[101, 102], [103, 104], [105]]],
  ])('walks through all pages with %s', async (end, pages) => {
    const { readParts } = dashlyWith(partsFrom('mnmnm'));
    const read = reader(readParts);
    expect(await walk(async (range) => asPage(await read(admin, range)), end, 2)).toEqual(pages);
  });

  test.each<[Partial<PartRange>, ids: number[], hasOlder: boolean, hasNewer: boolean]>([
    [{ end: 'first', count: 2, after: '101', before: '105' }, [102, 103], true, true],
    [{ end: 'first', count: 9, after: '101', before: '104' }, [102, 103], true, false],
    [{ end: 'first', count: 9, before: '103' }, [101, 102], false, false],
    [{ end: 'last', count: 2, after: '101', before: '105' }, [103, 104], true, true],
    [{ end: 'last', count: 9, after: '102', before: '105' }, [103, 104], false, true],
    [{ end: 'last', count: 9, after: '104' }, [105], false, false],
    // By the Relay specification, a cursor that is not in the range does not limit it.
    [{ end: 'first', count: 9, after: '103', before: '102' }, [104, 105], true, false],
    [{ end: 'last', count: 9, after: '104', before: '103' }, [101, 102], false, true],
  ])('the range %j has %j', async (range, ids, hasOlder, hasNewer) => {
    const { requests, readParts } = dashlyWith(partsFrom('mmmmm'));
    const page = asPage(await reader(readParts)(admin, range));
    expect(idsOf(page)).toEqual(ids);
    expect(page).toMatchObject({ hasOlder, hasNewer });
    expect(requests).toHaveLength(1);
  });

  test('gets no more parts than asked for, even if Dashly sends more', async () => {
    const parts = partsFrom('mmmmm');
    const { readParts } = dashlyWith(parts);
    const read = reader((request) => readParts({ ...request, count: 50 }));
    const page = asPage(await read(admin, { count: 2 }));
    expect(idsOf(page)).toEqual([104, 105]);
    expect(page.hasOlder).toBe(true);
  });

  test('gets an empty page of an empty conversation', async () => {
    const { readParts } = dashlyWith([]);
    for (const end of ['first', 'last'] as const) {
      expect(await reader(readParts)(admin, { end })).toEqual({
        kind: 'page',
        parts: [],
        hasOlder: false,
        hasNewer: false,
        oldest: null,
        newest: null,
      });
    }
  });
});

describe('a user', () => {
  test.each([
    'm',
    'n',
    'mnm',
    'nnmnn',
    `${'n'.repeat(60)}m`,
    `m${'n'.repeat(400)}m`,
    'mn'.repeat(120),
    'n'.repeat(170),
  ])('finds every message of %s in both directions, and no note', async (letters) => {
    const parts = partsFrom(letters);
    const messages = parts.filter(({ type }) => type === 'REPLY_ADMIN').map(({ id }) => Number(id));
    const { requests, readParts } = dashlyWith(parts);
    const read = reader(readParts);
    for (const count of [1, 3, 50]) {
      for (const end of ['first', 'last'] as const) {
        const pages = await walk(
          async (range) => {
            requests.length = 0;
            const page = asPage(await read(visitor, range));
            expect(requests.length).toBeLessThanOrEqual(3);
            expect(page.parts.length).toBeLessThanOrEqual(count);
            return page;
          },
          end,
          count,
        );
        const found = end === 'first' ? pages.flat() : pages.toReversed().flat();
        expect(found).toEqual(messages);
      }
    }
  });

  test('reads full pages of Dashly until the page is full, at most three', async () => {
    const { requests, readParts } = dashlyWith(partsFrom(`m${'n'.repeat(200)}`));
    const page = asPage(await reader(readParts)(visitor, { count: 1 }));
    expect(requests.map(({ position, count }) => [position, count])).toEqual(
      [
        [null, 50],
        ['252', 50],
        ['202', 50],
      ].map(([position, count]) => [position, count]),
    );
    // The position of the next page. It is the id of a note, and reveals only that the note exists.
    expect(page).toMatchObject({ parts: [], hasOlder: true, hasNewer: false, oldest: '152', newest: null });
  });

  test('gets the cursors of messages wherever there are messages', async () => {
    const { readParts } = dashlyWith(partsFrom('nnmnmnn'));
    const page = asPage(await reader(readParts)(visitor, {}));
    expect(page).toMatchObject({ hasOlder: false, hasNewer: false, oldest: '103', newest: '105' });
  });

  test('reads nothing of a conversation that the claims do not name', async () => {
    const { requests, readParts } = dashlyWith(partsFrom('m'));
    const others = [null, new Set<string>(), new Set(['8'])];
    for (const conversationIds of others) {
      const caller = callerWith({ speaker: { kind: 'user', id: '2' }, conversationIds });
      expect(await reader(readParts)(caller)).toEqual({
        kind: 'failure',
        code: 'PERMISSION_DENIED',
        message: 'This caller may not read this conversation.',
        retryAfterSeconds: null,
      });
    }
    expect(requests).toEqual([]);
  });
});

describe('a failure', () => {
  const failing = (code: ReadFailure['code']): ReadParts<Caller> => {
    return async () => ({ kind: 'failure', code, message: 'It failed.', retryAfterSeconds: null });
  };

  test('of Dashly is passed on', async () => {
    const code = 'PERMISSION_DENIED';
    expect(await reader(failing(code))(visitor)).toMatchObject({ code, message: 'It failed.' });
  });

  test('on a later page is the failure of the read', async () => {
    const { readParts } = dashlyWith(partsFrom(`m${'n'.repeat(60)}`));
    let calls = 0;
    const read = reader((request) => (++calls === 1 ? readParts : failing('UNAVAILABLE'))(request));
    expect(await read(visitor)).toMatchObject({ kind: 'failure', code: 'UNAVAILABLE' });
  });

  test('of a caller without credentials explains what to send', async () => {
    const { requests, readParts } = dashlyWith([]);
    expect(await reader(readParts)(null)).toMatchObject({
      code: 'NOT_AUTHENTICATED',
      message: 'Nothing was read. Send a token.',
    });
    expect(requests).toEqual([]);
  });

  test('is reported without a call if the limit of the caller is reached, or the time is over', async () => {
    const { requests, readParts } = dashlyWith([]);
    const limited = reader(readParts, {
      rateLimit: async () => ({
        isWithinLimit: false,
        state: { limit: 60, remaining: 0, resetSeconds: 7 },
      }),
    });
    expect(await limited(visitor)).toEqual({
      kind: 'failure',
      code: 'TOO_MANY_REQUESTS',
      message: 'Nothing was read: the rate limit of this caller is exceeded; retry in 7 seconds.',
      retryAfterSeconds: 7,
    });
    const late = reader(readParts, { rateLimit: () => expect.unreachable('A read without a call counts.') });
    expect(await late(visitor, {}, new Deadline(0))).toMatchObject({ code: 'UNAVAILABLE' });
    await expect(late(visitor, {}, new Deadline(5_000), AbortSignal.abort())).rejects.toThrow(RequestAborted);
    expect(requests).toEqual([]);
  });

  test('follows if the memory does not suffice for the parts that the caller may see', async () => {
    const { requests, readParts } = dashlyWith(partsFrom(`m${'n'.repeat(49)}mn`));
    const reserved: string[] = [];
    const read = reader(readParts, { maxReservations: 1, reserved });
    expect(await read(visitor)).toMatchObject({ kind: 'failure', code: 'UNAVAILABLE' });
    expect(reserved).toEqual(['151', '101']);
    expect(requests).toHaveLength(2);
  });

  test('follows if the time ends between two pages', async () => {
    const endless: PartsPage = { kind: 'page', parts: [], nextBefore: '5', nextAfter: null, date: null };
    const deadline = new Deadline(60_000);
    let calls = 0;
    const read = reader(async () => {
      calls++;
      Object.defineProperty(deadline, 'remaining', { value: 0 });
      return endless;
    });
    expect(await read(visitor, {}, deadline)).toMatchObject({ code: 'UNAVAILABLE' });
    expect(calls).toBe(1);
  });
});
