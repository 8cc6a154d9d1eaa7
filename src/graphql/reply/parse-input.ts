/** Validates the input of `replyToConversation` and converts it to a draft. */

import { z } from 'zod';
import { isWellFormedJson, type JsonObject } from '../../conversation/exact-json.ts';
import {
  idForm,
  isId,
  type ReplyAction,
  type ReplyDraft,
  type ReplySender,
} from '../../conversation/reply.ts';
import {
  attachmentFileNameMaxLength,
  characterCount,
  idempotencyKeyMaxLength,
  quickReplyBodyMaxLength,
  referenceMaxLength,
} from '../../conversation/reply-limits.ts';
import type { ReplyIssue } from '../../conversation/reply-outcome.ts';
import type { ReplyToConversationInput } from './input.ts';

export type ReplyInput = typeof ReplyToConversationInput.$inferInput;
type SenderInput = NonNullable<ReplyInput['from']>;
type ActionInput = NonNullable<ReplyInput['actions']>[number];
type ActionKind = ReplyAction['kind'];

/** The limit bounds the response, which can select the issues under many aliases. */
const maxIssues = 20;

export interface ParsedReplyInput {
  /** Must be sent only if `issues` is empty. */
  readonly draft: ReplyDraft;
  /** Null if it is missing or invalid. */
  readonly idempotencyKey: string | null;
  readonly issues: readonly ReplyIssue[];
}

/** Checks all rules and reports all issues together. The path of an issue is relative to the input. */
export function parseReplyInput(input: ReplyInput): ParsedReplyInput {
  const draft = toDraft(input);
  const key = input.idempotencyKey ?? null;
  const { error } = rules.safeParse(input);
  if (!error) return { draft, idempotencyKey: key, issues: [] };
  const isKeyValid = error.issues.every(({ path }) => path[0] !== 'idempotencyKey');
  const issues = error.issues
    .slice(0, maxIssues)
    .map(({ path, message }) => ({ path: path.map(String), message }));
  return { draft, idempotencyKey: isKeyValid ? key : null, issues };
}

const id = z.string().refine(isId, `An id must be ${idForm}.`);

// A lone surrogate has no UTF-8 form: Dashly would receive U+FFFD instead.
const anyText = z.string().refine((it) => it.isWellFormed(), 'The text contains a lone surrogate.');

const json = z.custom<JsonObject>(
  (it) => isWellFormedJson(it as JsonObject),
  'A string or a key in the JSON contains a lone surrogate.',
);

function text({ min = 0, max }: { min?: number; max: number }) {
  const allowed = min === 0 ? `at most ${max}` : `${min} to ${max}`;
  return anyText.refine((it) => it.length >= min && (it.length <= max || characterCount(it) <= max), {
    error: ({ input }) => `The text has ${characterCount(String(input))} characters; ${allowed} are allowed.`,
  });
}

/** A federation router may strip `@oneOf`, so the gateway checks the rule too. */
function oneOf<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const isOne = (it: object) => Object.values(it).filter((value) => value != null).length === 1;
  return z.object(shape).refine(isOne, 'Exactly one field must be set.');
}

/** GraphQL has checked the type, and there is no other rule. zod is ten times slower if such a field is not optional. */
const unchecked = z.unknown().optional();

const actionRules = {
  quickReply: z
    .object({ body: text({ min: 1, max: quickReplyBodyMaxLength }), metaData: json.nullish() })
    .nullish(),
} satisfies Record<ActionKind, z.ZodType>;

const rules = z.object({
  conversationId: id,
  from: oneOf({ adminId: id.nullish(), userId: id.nullish(), default: unchecked }).nullish(),
  type: unchecked,
  body: anyText.nullish(),
  bodyJson: json.nullish(),
  attachment: z
    .object({ file: unchecked, fileName: text({ min: 1, max: attachmentFileNameMaxLength }).nullish() })
    .nullish(),
  actions: z.array(oneOf(actionRules)).nullish(),
  autoAssign: z.object({ adminId: id, randomId: unchecked }).nullish(),
  externalId: text({ max: referenceMaxLength }).nullish(),
  randomId: unchecked,
  referrer: text({ max: referenceMaxLength }).nullish(),
  idempotencyKey: text({ min: 1, max: idempotencyKeyMaxLength }).nullish(),
} satisfies Record<keyof ReplyInput, z.ZodType>);

/** An invalid input becomes a draft too: an idempotency key belongs to a draft, valid or not. */
function toDraft(input: ReplyInput): ReplyDraft {
  const { attachment, autoAssign } = input;
  return {
    conversationId: input.conversationId,
    from: input.from ? toSender(input.from) : null,
    type: input.type ?? null,
    body: input.body ?? null,
    bodyJson: input.bodyJson ?? null,
    attachment: attachment ? { file: attachment.file.promise, fileName: attachment.fileName ?? null } : null,
    actions: input.actions?.map(toAction) ?? null,
    autoAssign: autoAssign ? { adminId: autoAssign.adminId, randomId: autoAssign.randomId ?? null } : null,
    externalId: input.externalId ?? null,
    randomId: input.randomId ?? null,
    referrer: input.referrer ?? null,
  };
}

function toSender(input: SenderInput): ReplySender {
  if (input.adminId != null) return { kind: 'admin', id: input.adminId };
  if (input.userId != null) return { kind: 'user', id: input.userId };
  return { kind: input.default === 'USER' ? 'defaultUser' : 'defaultAdmin' };
}

type ToAction<Kind extends ActionKind> = (input: NonNullable<ActionInput[Kind]>) => ReplyAction;

/** The compiler requires a function for each kind, and an input field of the same name. */
const toActionOf: { readonly [Kind in ActionKind]: ToAction<Kind> } = {
  quickReply: ({ body, metaData }) => ({ kind: 'quickReply', body, metaData: metaData ?? null }),
};

const actionKinds = Object.keys(toActionOf) as readonly ActionKind[];

/** An input without a kind has an issue already, so the draft is not sent. */
function toAction(input: ActionInput): ReplyAction {
  const kind = actionKinds.find((it) => input[it] != null);
  return kind ? toActionAs(kind, input) : { kind: 'quickReply', body: '', metaData: null };
}

function toActionAs<Kind extends ActionKind>(kind: Kind, input: ActionInput): ReplyAction {
  const convert: ToAction<Kind> = toActionOf[kind];
  return convert(input[kind] as NonNullable<ActionInput[Kind]>);
}
