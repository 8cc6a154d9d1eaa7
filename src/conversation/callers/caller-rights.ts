/** What a caller may do: the rules, and the checks of a reply and of a read against them. */

import type { Part, PartType } from '../part.ts';
import type { ReplyAction, ReplyDraft, ReplySender } from '../reply.ts';

/** The senders that a caller may use. */
export type Speaker =
  /** Any admin or user; `byDefault` if the reply names no sender (null: Dashly decides). */
  | { readonly kind: 'anyone'; readonly byDefault: ReplySender | null }
  | { readonly kind: 'admin'; readonly id: string }
  | { readonly kind: 'user'; readonly id: string }
  /** None; `reason` is a sentence. */
  | { readonly kind: 'none'; readonly reason: string };

export interface CallerRights {
  readonly speaker: Speaker;
  /** The ids of the only conversations that the caller may use; null if they are not limited. */
  readonly conversationIds: ReadonlySet<string> | null;
}

/** For callers with their own access to Dashly: Dashly decides. */
export const allRights: CallerRights = {
  speaker: { kind: 'anyone', byDefault: null },
  conversationIds: null,
};

/** `own`: only if the sender is the admin or user that the caller speaks as. */
type Permission = 'yes' | 'own' | 'no';

type Permissions = readonly [anyone: Permission, admin: Permission, user: Permission];

/** `activity` completes the sentence "This caller may not …". */
type Rule = readonly [activity: string, applies: (draft: ReplyDraft) => boolean, ...Permissions];

/** A kind of action without a row does not compile. */
// biome-ignore format: a table is read by its columns
const actionRules: Record<ReplyAction['kind'], readonly [activity: string, ...Permissions]> = {
  //            activity          anyone  admin  user
  quickReply:  ['offer buttons',  'yes',  'yes', 'no'],
};

/** What is not in the table (a body, an attachment, ids for correlation) is open to all callers. */
// biome-ignore format: a table is read by its columns
const rules: readonly Rule[] = [
  // activity                   applies if                                            anyone  admin  user
  ['speak as this admin',       ({ from }) => from?.kind === 'admin',                 'yes', 'own', 'no'],
  ['speak as this user',        ({ from }) => from?.kind === 'user',                  'yes', 'no',  'own'],
  ['speak as a default sender', ({ from }) => from !== null && !('id' in from),       'yes', 'no',  'no'],
  ['write a note',              ({ type }) => type === 'NOTE',                        'yes', 'yes', 'no'],
  ['send an article',           ({ type }) => type === 'ARTICLE',                     'yes', 'yes', 'no'],
  ['assign the conversation',   ({ autoAssign }) => autoAssign !== null,              'yes', 'yes', 'no'],
  ...Object.entries(actionRules).map(([kind, [activity, ...permissions]]): Rule => [
    activity, ({ actions }) => actions?.some((action) => action.kind === kind) ?? false, ...permissions,
  ]),
  // Its shape is undocumented: it might contain what the rows above forbid.
  ['send bodyJson',             ({ bodyJson }) => bodyJson !== null,                  'yes', 'yes', 'no'],
];

/** `named`: only conversations whose ids the caller's claims name. */
interface ReadRule {
  readonly conversations: 'all' | 'named';
  readonly parts: 'all' | 'shownInChat';
}

/** Whatever `conversations` is, the claim `dashly_conversation_ids` limits them if it is present. */
// biome-ignore format: a table is read by its columns
const readRules: Record<Exclude<Speaker['kind'], 'none'>, ReadRule> = {
  anyone: { conversations: 'all',   parts: 'all' },
  admin:  { conversations: 'all',   parts: 'all' },
  user:   { conversations: 'named', parts: 'shownInChat' },
};

/** Everything else is for admins: notes, system parts, and types that are not known yet. */
const typesInChat: ReadonlySet<PartType> = new Set([
  'REPLY_USER',
  'REPLY_ADMIN',
  'AUTO_REPLY',
  'ARTICLE',
  'CHAT_BOT_ADMIN',
  'CHAT_BOT_USER',
]);

export type Permit =
  /** The draft to send, with the default sender filled in. */
  | { readonly draft: ReplyDraft; readonly refusal?: never }
  /** Why the draft may not be sent, in a sentence. */
  | { readonly draft?: never; readonly refusal: string };

/** Checks a reply against the rights of its caller. */
export function permitReply(draft: ReplyDraft, { speaker, conversationIds }: CallerRights): Permit {
  if (speaker.kind === 'none') return { refusal: speaker.reason };
  if (conversationIds && !conversationIds.has(draft.conversationId)) {
    return { refusal: 'This caller may not reply in this conversation.' };
  }
  for (const [activity, applies, anyone, admin, user] of rules) {
    if (!applies(draft)) continue;
    const permission = { anyone, admin, user }[speaker.kind];
    if (!isPermitted(permission, draft, speaker)) {
      return { refusal: `This caller may not ${activity}.` };
    }
  }
  return { draft: { ...draft, from: draft.from ?? senderOf(speaker) } };
}

/** Which of the parts that Dashly returns a caller may see. */
export type PartFilter = (part: Part) => boolean;

export type ReadPermit =
  /** Null if all parts may be seen. */
  | { readonly filter: PartFilter | null; readonly refusal?: never }
  /** Why nothing may be read, in a sentence. */
  | { readonly filter?: never; readonly refusal: string };

/** The chat does not show a message that was removed. */
const isInChat: PartFilter = ({ type, removedAt }) => typesInChat.has(type) && removedAt === null;

/** Checks whether a caller may read a conversation, and which of its parts. */
export function permitRead(conversationId: string, { speaker, conversationIds }: CallerRights): ReadPermit {
  if (speaker.kind === 'none') return { refusal: speaker.reason };
  const { conversations, parts } = readRules[speaker.kind];
  const isAllowed = conversationIds ? conversationIds.has(conversationId) : conversations === 'all';
  if (!isAllowed) return { refusal: 'This caller may not read this conversation.' };
  return { filter: parts === 'all' ? null : isInChat };
}

function isPermitted(permission: Permission, { from }: ReplyDraft, speaker: Speaker): boolean {
  if (permission !== 'own') return permission === 'yes';
  const isNamed = from?.kind === 'admin' || from?.kind === 'user';
  return isNamed && from.kind === speaker.kind && from.id === speaker.id;
}

function senderOf(speaker: Exclude<Speaker, { kind: 'none' }>): ReplySender | null {
  return speaker.kind === 'anyone' ? speaker.byDefault : speaker;
}
