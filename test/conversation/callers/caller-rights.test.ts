/** What each kind of caller may do: every cell of the table, and every combination of cells. */

import { describe, expect, test } from 'vitest';
import {
  type CallerRights,
  permitRead,
  permitReply,
  type Speaker,
} from '../../../src/conversation/callers/caller-rights.ts';
import { type Part, partTypes } from '../../../src/conversation/part.ts';
import type { ReplyDraft, ReplySender } from '../../../src/conversation/reply.ts';
import { bareDraft } from '../../bare-draft.ts';

/** What every caller may send. */
const full: ReplyDraft = {
  ...bareDraft,
  body: 'Hello',
  attachment: { file: new Promise(() => {}), fileName: 'a.txt' },
  externalId: 'e',
  randomId: 0,
  referrer: 'https://a.test/',
};

/** The admin and the user have the same id, so a rule that ignores the kind fails. */
const own = '7';
const other = '8';
const speakers = {
  anyone: { kind: 'anyone', byDefault: null },
  'anyone, by default an admin': { kind: 'anyone', byDefault: { kind: 'admin', id: own } },
  'anyone, by default a user': { kind: 'anyone', byDefault: { kind: 'user', id: own } },
  admin: { kind: 'admin', id: own },
  user: { kind: 'user', id: own },
  none: { kind: 'none', reason: 'The reason.' },
} as const satisfies Record<string, Speaker>;
type SpeakerName = keyof typeof speakers;
const speakerNames = Object.keys(speakers) as SpeakerName[];

const quickReply = { kind: 'quickReply', body: 'Yes', metaData: null } as const;
const toOwn = { adminId: own, randomId: null };
const toOther = { adminId: other, randomId: 1 };

interface Row {
  readonly ask: string;
  readonly draft: Partial<ReplyDraft>;
  /** Who may send it: anyone, admin, user, none. */
  readonly cells: string;
}

function row(ask: string, draft: Partial<ReplyDraft>, cells: string): Row {
  return { ask, draft, cells: cells.trim() };
}

/** A reply consists of one row of each group. */
const groups: readonly (readonly Row[])[] = [
  [
    //                                                                        anyone admin user none
    row('without a sender       ', { from: null }, '                         yes   yes   yes  no'),
    row('from the own admin', { from: { kind: 'admin', id: own } }, '          yes   yes   no   no'),
    row('from another admin', { from: { kind: 'admin', id: other } }, '        yes   no    no   no'),
    row('from the own user', { from: { kind: 'user', id: own } }, '            yes   no    yes  no'),
    row('from another user', { from: { kind: 'user', id: other } }, '          yes   no    no   no'),
    row('from the default admin', { from: { kind: 'defaultAdmin' } }, '        yes   no    no   no'),
    row('from the default user', { from: { kind: 'defaultUser' } }, '          yes   no    no   no'),
  ],
  [
    row('of no type', { type: null }, '                                        yes   yes   yes  no'),
    row('as a plain reply', { type: 'REPLY_ADMIN' }, '                         yes   yes   yes  no'),
    row('as a note', { type: 'NOTE' }, '                                       yes   yes   no   no'),
    row('as an article', { type: 'ARTICLE' }, '                                yes   yes   no   no'),
  ],
  [
    row('without an assignment', { autoAssign: null }, '                       yes   yes   yes  no'),
    row('assigned to itself', { autoAssign: toOwn }, '                         yes   yes   no   no'),
    row('assigned to another', { autoAssign: toOther }, '                      yes   yes   no   no'),
  ],
  [
    row('without a list of buttons', { actions: null }, '                      yes   yes   yes  no'),
    row('with an empty list of buttons', { actions: [] }, '                    yes   yes   yes  no'),
    row('with a button', { actions: [quickReply] }, '                          yes   yes   no   no'),
    row('with two buttons', { actions: [quickReply, quickReply] }, '           yes   yes   no   no'),
  ],
  [row('with bodyJson', { bodyJson: {} }, '                                    yes   yes   no   no')],
];

function mayAsk({ cells }: Row, name: SpeakerName): boolean {
  const [anyone, admin, user, none] = cells.split(/\s+/);
  return { anyone, admin, user, none }[speakers[name].kind] === 'yes';
}

const senders: Record<SpeakerName, ReplySender | null> = {
  anyone: null,
  'anyone, by default an admin': { kind: 'admin', id: own },
  'anyone, by default a user': { kind: 'user', id: own },
  admin: { kind: 'admin', id: own },
  user: { kind: 'user', id: own },
  none: null,
};

function expectPermit(draft: ReplyDraft, rights: CallerRights, name: SpeakerName, isDue: boolean): void {
  const before = { ...draft };
  const permit = permitReply(draft, rights);
  if (isDue) expect(permit).toEqual({ draft: { ...before, from: before.from ?? senders[name] } });
  else expect(permit).toEqual({ refusal: expect.stringMatching(/^[A-Z].*\.$/) });
  expect(draft).toEqual(before);
}

describe.each(speakerNames)('a caller that may speak as %s', (name) => {
  test.each(groups.flat())('may or may not send a reply $ask', (asked) => {
    for (const rest of [bareDraft, full]) {
      const rights = { speaker: speakers[name], conversationIds: null };
      expectPermit({ ...rest, ...asked.draft }, rights, name, mayAsk(asked, name));
    }
  });

  test.each([
    ['all conversations', null, true],
    ['this conversation and another one', new Set(['2', '1']), true],
    ['other conversations only', new Set(['2', '11', '01', '']), false],
    ['no conversation', new Set<string>(), false],
  ] as const)('may send what all its cells allow, with access to %s', (_where, conversationIds, isHere) => {
    const rights = { speaker: speakers[name], conversationIds };
    let count = 0;
    const [froms = [], types = [], assignments = [], buttons = []] = groups;
    for (const from of froms)
      for (const type of types)
        for (const assignment of assignments)
          for (const button of buttons) {
            const asked = [from, type, assignment, button];
            const draft = Object.assign({}, full, ...asked.map((it) => it.draft));
            expectPermit(draft, rights, name, isHere && asked.every((it) => mayAsk(it, name)));
            count++;
          }
    expect(count).toBe(7 * 4 * 3 * 4);
  });
});

test.each<[Partial<ReplyDraft>, SpeakerName, string]>([
  [{ from: { kind: 'admin', id: other } }, 'admin', 'This caller may not speak as this admin.'],
  [{ from: { kind: 'user', id: own } }, 'admin', 'This caller may not speak as this user.'],
  [{ from: { kind: 'defaultAdmin' } }, 'admin', 'This caller may not speak as a default sender.'],
  [{ type: 'NOTE' }, 'user', 'This caller may not write a note.'],
  [{ type: 'ARTICLE' }, 'user', 'This caller may not send an article.'],
  [{ autoAssign: toOwn }, 'user', 'This caller may not assign the conversation.'],
  [{ bodyJson: {} }, 'user', 'This caller may not send bodyJson.'],
  [{ actions: [quickReply] }, 'user', 'This caller may not offer buttons.'],
  [{}, 'none', 'The reason.'],
])('the rejection of %j for a caller that may speak as %s has the reason', (asked, name, refusal) => {
  const rights = { speaker: speakers[name], conversationIds: null };
  expect(permitReply({ ...full, ...asked }, rights)).toEqual({ refusal });
});

test('a rejection for the conversation does not name the permitted conversations', () => {
  const rights = { speaker: speakers.admin, conversationIds: new Set(['555']) };
  expect(permitReply(full, rights)).toEqual({ refusal: 'This caller may not reply in this conversation.' });
});

describe('reading', () => {
  const inChat = ['REPLY_USER', 'REPLY_ADMIN', 'AUTO_REPLY', 'ARTICLE', 'CHAT_BOT_ADMIN', 'CHAT_BOT_USER'];
  const part = (changes: Partial<Part>) => ({ removedAt: null, ...changes }) as Part;
  const here = '1';

  test.each<[SpeakerName, claimed: readonly string[] | null, seen: readonly string[] | null]>([
    ['anyone', null, partTypes],
    ['anyone', [here, '2'], partTypes],
    ['anyone', ['2'], null],
    ['anyone, by default a user', null, partTypes],
    ['admin', null, partTypes],
    ['admin', [here], partTypes],
    ['admin', ['2', '11'], null],
    ['user', [here], inChat],
    ['user', ['2', here], inChat],
    ['user', null, null],
    ['user', [], null],
    ['user', ['2'], null],
    ['none', null, null],
    ['none', [here], null],
  ])('%s with the conversations %j sees the types %j', (name, claimed, seen) => {
    const rights = { speaker: speakers[name], conversationIds: claimed && new Set(claimed) };
    const { filter, refusal } = permitRead(here, rights);
    expect(refusal === undefined).toBe(seen !== null);
    if (refusal !== undefined) expect(refusal).toMatch(/^[A-Z].*\.$/);
    else expect(partTypes.filter((type) => filter?.(part({ type })) ?? true)).toEqual(seen);
  });

  test('a user does not see a message that was removed from the chat', () => {
    const { filter } = permitRead(here, { speaker: speakers.user, conversationIds: new Set([here]) });
    expect(filter?.(part({ type: 'REPLY_ADMIN', removedAt: 1 }))).toBe(false);
  });

  test('a refusal names no conversation', () => {
    const rights = { speaker: speakers.admin, conversationIds: new Set(['555']) };
    expect(permitRead(here, rights)).toEqual({ refusal: 'This caller may not read this conversation.' });
    expect(permitRead(here, { speaker: speakers.none, conversationIds: null })).toEqual({
      refusal: 'The reason.',
    });
  });
});
