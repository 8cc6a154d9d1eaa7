/** Which part of a conversation is the reply that was sent. */

import { describe, expect, test } from 'vitest';
import type { ConversationPart } from '../../../src/conversation/part.ts';
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
    id: Symbol(),
  };
}

function pageOf(parts: PartsPage['parts'], fields: Partial<PartsPage> = {}): PartsPage {
  return { kind: 'page', parts, nextBefore: '1', nextAfter: null, date: now, ...fields };
}

const partOfOther = '999';

function find(reference: SentReference, ...pages: readonly PartsPage[]) {
  const search = new ReplySearch(reference, (partId) => partId === partOfOther);
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
    expect(find(sent(), pageOf([assignPart, match])).found?.assignPart).toBe(assignPart);
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

describe('a random id that the caller chose', () => {
  const chosen = (fields: Partial<SentReference['draft']> = {}) => sent({ randomId: 77, ...fields });
  const isFound = (reference: SentReference, part: ConversationPart, date: number | null = now) =>
    find(reference, pageOf([part], { date })).found !== null;

  test('is proof if sender, type, body and time match', () => {
    expect(isFound(chosen(), match)).toBe(true);
    expect(isFound(chosen(), { ...match, body: 'Another' })).toBe(false);
    expect(isFound(chosen(), { ...match, type: 'NOTE' })).toBe(false);
    expect(isFound(chosen(), match, null)).toBe(false);
  });

  test('is not proof for a part from more than 5 seconds before the reply, or a minute after it', () => {
    const secondsAgo = 10;
    const isFoundAt = (seconds: number) =>
      isFound(sent({ randomId: 77 }, secondsAgo), { ...match, createdAt: now - secondsAgo + seconds });
    expect([-6, -4, 0, 59, 61].map(isFoundAt)).toEqual([false, true, true, true, false]);
  });

  test('is not proof for a part that may be that of another reply', () => {
    const page = pageOf([{ ...match, id: partOfOther }, match]);
    expect(find(chosen(), page).found).toMatchObject({ part: match, isDuplicated: false });
    expect(isFound(chosen(), { ...match, id: partOfOther })).toBe(false);
    expect(isFound(sent(), { ...match, id: partOfOther })).toBe(true);
  });

  test('is proof only if the external id, the number of attachments and the buttons match', () => {
    const button = (body: string) => ({ kind: 'quickReply', body, metaData: null }) as const;
    const attachment = { file: new Promise<never>(() => {}), fileName: null };
    const file = { id: '1', filename: 'a.txt', mimeType: 'text/plain', size: 1, url: '', createdAt: now };
    const rows: [
      draft: Partial<SentReference['draft']>,
      part: Partial<ConversationPart>,
      expected: boolean,
    ][] = [
      [{ externalId: 'a' }, { externalId: 'a' }, true],
      [{ externalId: 'a' }, { externalId: 'b' }, false],
      [{ externalId: 'a' }, { externalId: null }, false],
      [{}, { externalId: 'a' }, false],
      [{ attachment }, { attachments: [file] }, true],
      [{ attachment }, { attachments: [] }, false],
      [{}, { attachments: [file] }, false],
      [{ actions: [button('Yes')] }, { actions: [button('Yes')] }, true],
      [{ actions: [button('Yes')] }, { actions: [button('No')] }, false],
      [{ actions: [button('Yes')] }, { actions: null }, false],
      [{ actions: [] }, { actions: null }, true],
      [{}, { actions: [button('Yes')] }, false],
    ];
    for (const [draft, part, expected] of rows) {
      expect([draft, part, isFound(chosen(draft), { ...match, ...part })]).toEqual([draft, part, expected]);
    }
  });

  test('is not proof if the response has another clock than the part', () => {
    expect(isFound(chosen(), match, 0)).toBe(false);
    expect(isFound(sent(), match, 0)).toBe(true);
  });

  test('the body of an edited or removed part may differ', () => {
    expect(isFound(chosen(), { ...match, body: 'Another', editedAt: now })).toBe(true);
    expect(isFound(chosen(), { ...match, body: '', removedAt: now })).toBe(true);
  });

  test.each<[SentReference['draft']['from'], ConversationPart['from'], boolean]>([
    [{ kind: 'admin', id: '3' }, { kind: 'admin', id: '3', name: '', avatar: null, type: 'ADMIN' }, true],
    [{ kind: 'admin', id: '3' }, { kind: 'admin', id: '4', name: '', avatar: null, type: 'ADMIN' }, false],
    [{ kind: 'admin', id: '3' }, { kind: 'user', id: '3' }, false],
    [{ kind: 'admin', id: '3' }, null, false],
    [{ kind: 'defaultAdmin' }, { kind: 'defaultAdmin', name: '', avatar: null }, true],
    [{ kind: 'defaultAdmin' }, { kind: 'user', id: '3' }, false],
  ])('the sender %j has the part from %j: %s', (from, partFrom, expected) => {
    expect(isFound(chosen({ from }), { ...match, from: partFrom })).toBe(expected);
  });

  test('a reply from a user has the type REPLY_USER, even if another one was requested', () => {
    const reference = chosen({ from: { kind: 'user', id: '3' }, type: 'NOTE' });
    expect(isFound(reference, { ...match, type: 'REPLY_USER', from: { kind: 'user', id: '3' } })).toBe(true);
    expect(isFound(reference, { ...match, type: 'NOTE', from: { kind: 'user', id: '3' } })).toBe(false);
  });

  test.each([0, -1])('%s cannot be found', (randomId) => {
    expect(isFindable(chosen({ randomId }))).toBe(false);
  });
});
