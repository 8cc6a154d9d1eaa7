/** What a caller may do: one table of rules, and how a reply is held against it. */

import type { ReplyDraft, ReplySender } from './reply.ts';

/** As whom a caller may speak. */
export type Speaker =
  /** As any admin or user, and as `byDefault` where the reply does not say as whom (null: Dashly decides). */
  | { readonly kind: 'anyone'; readonly byDefault: ReplySender | null }
  | { readonly kind: 'admin'; readonly id: string }
  | { readonly kind: 'user'; readonly id: string }
  /** As nobody, for the reason given in a sentence. */
  | { readonly kind: 'nobody'; readonly reason: string };

export interface CallerRights {
  readonly speaker: Speaker;
  /** The ids of the only conversations that the caller may reply in; null for all. */
  readonly conversationIds: ReadonlySet<string> | null;
}

/** What callers with their own token for Dashly have: it is Dashly that decides. */
export const allRights: CallerRights = {
  speaker: { kind: 'anyone', byDefault: null },
  conversationIds: null,
};

/** `own`: only where the sender is the very one that the caller may speak as. */
type Permission = 'yes' | 'own' | 'no';

/** `deed` completes the sentence "This caller may not …"; the last three are what callers of each kind may do. */
type Rule = readonly [
  deed: string,
  isPartOf: (draft: ReplyDraft) => boolean,
  anyone: Permission,
  admin: Permission,
  user: Permission,
];

/** What is not in the table (a body, an attachment, ids for correlation) is everybody's. */
// biome-ignore format: a table is read by its columns
const rules: readonly Rule[] = [
  // deed                      where it is part of a reply                          anyone  admin  user
  ['speak as this admin',       ({ from }) => from?.kind === 'admin',               'yes', 'own', 'no'],
  ['speak as this user',        ({ from }) => from?.kind === 'user',                'yes', 'no',  'own'],
  ['speak as a default sender', ({ from }) => from !== null && !('id' in from),       'yes', 'no',  'no'],
  ['write a note',              ({ type }) => type === 'NOTE',                      'yes', 'yes', 'no'],
  ['send an article',           ({ type }) => type === 'ARTICLE',                   'yes', 'yes', 'no'],
  ['assign the conversation',   ({ autoAssign }) => autoAssign !== null,            'yes', 'yes', 'no'],
  ['offer buttons',             ({ actions }) => (actions?.length ?? 0) > 0,        'yes', 'yes', 'no'],
  // Of a shape that nobody documents: it might hold what the rows above forbid.
  ['send bodyJson',             ({ bodyJson }) => bodyJson !== null,                'yes', 'yes', 'no'],
];

export type Permit =
  /** The draft as it may be sent, with the sender filled in that the caller left out. */
  | { readonly draft: ReplyDraft; readonly refusal?: never }
  /** Why it may not be sent, in a sentence. */
  | { readonly draft?: never; readonly refusal: string };

/** Holds a reply against what its caller may do. */
export function permitReply(draft: ReplyDraft, { speaker, conversationIds }: CallerRights): Permit {
  if (speaker.kind === 'nobody') return { refusal: speaker.reason };
  if (conversationIds && !conversationIds.has(draft.conversationId)) {
    return { refusal: 'This caller may not reply in this conversation.' };
  }
  for (const [deed, isPartOf, anyone, admin, user] of rules) {
    if (!isPartOf(draft)) continue;
    const permission = { anyone, admin, user }[speaker.kind];
    if (!isPermitted(permission, draft, speaker)) {
      return { refusal: `This caller may not ${deed}.` };
    }
  }
  return { draft: { ...draft, from: draft.from ?? senderOf(speaker) } };
}

function isPermitted(permission: Permission, { from }: ReplyDraft, speaker: Speaker): boolean {
  if (permission !== 'own') return permission === 'yes';
  const isNamed = from?.kind === 'admin' || from?.kind === 'user';
  return isNamed && from.kind === speaker.kind && from.id === speaker.id;
}

function senderOf(speaker: Exclude<Speaker, { kind: 'nobody' }>): ReplySender | null {
  return speaker.kind === 'anyone' ? speaker.byDefault : speaker;
}
