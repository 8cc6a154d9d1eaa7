/** Which part of a conversation is the reply that was sent. */

import { describe, expect, test } from 'vitest';
import type { PartsPage } from '../../../src/conversation/reading/read-parts.ts';
import {
  isFindable,
  ReplySearch,
  type SentReference,
} from '../../../src/conversation/recovery/find-reply.ts';
import { bareDraft } from '../../bare-draft.ts';
import { sampleAssignPart, samplePart } from '../sample-part.ts';

/** The clock of Dashly; that of the gateway is in another year. */
const now = 2_000_000_000;

function sent(fields: Partial<SentReference['draft']> = {}, secondsAgo = 2): SentReference {
  const draft = { ...bareDraft, body: 'Hello', ...fields };
  return {
    draft,
    randomIds: { reply: draft.randomId ?? 77, assignment: 88 },
    sentAt: performance.now() - secondsAgo * 1000,
  };
}

function pageOf(parts: PartsPage['parts'], fields: Partial<PartsPage> = {}): PartsPage {
  return { kind: 'page', parts, nextBefore: '1', nextAfter: null, date: now, ...fields };
}

function find(reference: SentReference, ...pages: readonly PartsPage[]) {
  const search = new ReplySearch(reference);
  for (const page of pages) search.add(page);
  return search;
}

const match = samplePart({ id: '5', randomId: 77, body: 'Hello', createdAt: now - 1 });

describe('a random id of the gateway', () => {
  test('is proof by itself', () => {
    const part = samplePart({ randomId: 77, body: 'edited by a bot', type: 'UNKNOWN', createdAt: now - 1 });
    expect(find(sent(), pageOf([samplePart({ createdAt: now }), part])).found).toEqual({
      part,
      assignPart: null,
      isDuplicated: false,
    });
  });

  test('is proof without a clock', () => {
    expect(find(sent(), pageOf([match], { date: null })).found?.part).toBe(match);
  });

  test.each([null, 0, 78])('is not %s', (randomId) => {
    expect(find(sent(), pageOf([{ ...match, randomId }])).found).toBe(null);
  });

  test('also finds the part of the assignment', () => {
    const assignPart = sampleAssignPart({ randomId: 88, createdAt: now });
    const assigned = sent({ autoAssign: { adminId: '1', randomId: null } });
    expect(find(assigned, pageOf([assignPart, match])).found?.assignPart).toBe(assignPart);
  });

  test('does not find the part of an assignment whose number the caller chose', () => {
    const assignPart = sampleAssignPart({ randomId: 88, createdAt: now });
    const assigned = sent({ autoAssign: { adminId: '1', randomId: 88 } });
    expect(find(assigned, pageOf([assignPart, match])).found).toMatchObject({
      part: match,
      assignPart: null,
    });
  });

  test('is not proven by the assignment alone', () => {
    expect(find(sent(), pageOf([sampleAssignPart({ randomId: 88, createdAt: now })])).found).toBe(null);
  });

  test('in two parts stands for the first one', () => {
    const second = { ...match, id: '6', createdAt: now };
    expect(find(sent(), pageOf([second, match])).found).toMatchObject({
      part: { id: '5' },
      isDuplicated: true,
    });
  });
});

describe('the time', () => {
  test('a part from up to a minute before the reply may be the reply', () => {
    expect(find(sent({}, 10), pageOf([{ ...match, createdAt: now - 65 }])).found).not.toBe(null);
  });

  test('an older part is not the reply, and ends the search', () => {
    const search = find(sent({}, 10), pageOf([{ ...match, createdAt: now - 75 }]));
    expect(search.found).toBe(null);
    expect(search.isComplete).toBe(true);
  });

  test('without a clock, only the end of the conversation ends the search', () => {
    const old = samplePart({ createdAt: 1 });
    expect(find(sent(), pageOf([old], { date: null })).isComplete).toBe(false);
    expect(find(sent(), pageOf([old], { date: null, nextBefore: null })).isComplete).toBe(true);
  });

  test('a second page is searched as well', () => {
    const newer = Array.from({ length: 50 }, () => samplePart({ createdAt: now }));
    expect(find(sent(), pageOf(newer), pageOf([match])).found?.part).toBe(match);
  });
});

test('a random id that the caller chose proves nothing', () => {
  expect(isFindable(sent())).toBe(true);
  expect(isFindable(sent({ randomId: 77 }))).toBe(false);
});
