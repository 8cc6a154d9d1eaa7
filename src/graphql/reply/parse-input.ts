/** Validates the input of `replyToConversation` and converts it to a draft. */

import { isWellFormedJson, type JsonObject } from '../../conversation/exact-json.ts';
import {
  type AssignmentDraft,
  type AttachmentDraft,
  isId,
  type QuickReplyDraft,
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
type AttachmentInput = NonNullable<ReplyInput['attachment']>;
type AssignInput = NonNullable<ReplyInput['autoAssign']>;

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
  const issues: ReplyIssue[] = [];
  const draft: ReplyDraft = {
    conversationId: checkId(input.conversationId, ['conversationId'], issues),
    from: input.from ? parseSender(input.from, issues) : null,
    type: input.type ?? null,
    body: checkText(input.body, ['body'], issues),
    bodyJson: checkJson(input.bodyJson, ['bodyJson'], issues),
    attachment: input.attachment ? parseAttachment(input.attachment, issues) : null,
    actions: input.actions?.map((action, index) => parseAction(action, String(index), issues)) ?? null,
    autoAssign: input.autoAssign ? parseAssignment(input.autoAssign, issues) : null,
    externalId: checkText(input.externalId, ['externalId'], issues, { max: referenceMaxLength }),
    randomId: input.randomId ?? null,
    referrer: checkText(input.referrer, ['referrer'], issues, { max: referenceMaxLength }),
  };
  const keyIssues: ReplyIssue[] = [];
  const keyLimits = { min: 1, max: idempotencyKeyMaxLength };
  const key = checkText(input.idempotencyKey, ['idempotencyKey'], keyIssues, keyLimits);
  return {
    draft,
    idempotencyKey: keyIssues.length === 0 ? key : null,
    issues: [...issues, ...keyIssues].slice(0, maxIssues),
  };
}

// A federation router may strip @oneOf, so the rule is checked here too.
function parseSender(input: SenderInput, issues: ReplyIssue[]): ReplySender {
  checkOneOf(input, ['from'], issues);
  if (input.adminId != null)
    return { kind: 'admin', id: checkId(input.adminId, ['from', 'adminId'], issues) };
  if (input.userId != null) return { kind: 'user', id: checkId(input.userId, ['from', 'userId'], issues) };
  return { kind: input.default === 'USER' ? 'defaultUser' : 'defaultAdmin' };
}

function parseAttachment({ file, fileName }: AttachmentInput, issues: ReplyIssue[]): AttachmentDraft {
  const limits = { min: 1, max: attachmentFileNameMaxLength };
  return { file, fileName: checkText(fileName, ['attachment', 'fileName'], issues, limits) };
}

type ActionKind = ReplyAction['kind'];

type ParseAction<Kind extends ActionKind> = (
  input: NonNullable<ActionInput[Kind]>,
  path: readonly string[],
  issues: ReplyIssue[],
) => ReplyAction;

/** The compiler requires a parser for each kind, and an input field of the same name. */
const actionParsers: { readonly [Kind in ActionKind]: ParseAction<Kind> } = {
  quickReply: parseQuickReply,
};

const actionKinds = Object.keys(actionParsers) as readonly ActionKind[];

function parseAction(input: ActionInput, index: string, issues: ReplyIssue[]): ReplyAction {
  checkOneOf(input, ['actions', index], issues);
  const kind = actionKinds.find((it) => input[it] != null);
  return kind ? parseActionAs(kind, input, index, issues) : { kind: 'quickReply', body: '', metaData: null };
}

function parseActionAs<Kind extends ActionKind>(
  kind: Kind,
  input: ActionInput,
  index: string,
  issues: ReplyIssue[],
): ReplyAction {
  const parse: ParseAction<Kind> = actionParsers[kind];
  return parse(input[kind] as NonNullable<ActionInput[Kind]>, ['actions', index, kind], issues);
}

function parseQuickReply(
  { body, metaData }: NonNullable<ActionInput['quickReply']>,
  path: readonly string[],
  issues: ReplyIssue[],
): QuickReplyDraft {
  checkText(body, [...path, 'body'], issues, { min: 1, max: quickReplyBodyMaxLength });
  return { kind: 'quickReply', body, metaData: checkJson(metaData, [...path, 'metaData'], issues) };
}

function parseAssignment(input: AssignInput, issues: ReplyIssue[]): AssignmentDraft {
  return {
    adminId: checkId(input.adminId, ['autoAssign', 'adminId'], issues),
    randomId: input.randomId ?? null,
  };
}

function checkOneOf(input: object, path: readonly string[], issues: ReplyIssue[]): void {
  const given = Object.values(input).filter((value) => value != null);
  if (given.length !== 1) issues.push({ path, message: 'Exactly one field must be set.' });
}

function checkId(id: string, path: readonly string[], issues: ReplyIssue[]): string {
  if (!isId(id)) {
    issues.push({
      path,
      message: 'An id must be an integer between 1 and 18446744073709551615, in plain digits.',
    });
  }
  return id;
}

function checkJson(
  json: JsonObject | null | undefined,
  path: readonly string[],
  issues: ReplyIssue[],
): JsonObject | null {
  if (json == null) return null;
  if (!isWellFormedJson(json)) {
    issues.push({ path, message: 'A string or a key in the JSON contains a lone surrogate.' });
  }
  return json;
}

function checkText(
  text: string | null | undefined,
  path: readonly string[],
  issues: ReplyIssue[],
  { min = 0, max = Number.POSITIVE_INFINITY } = {},
): string | null {
  if (text == null) return null;
  // A lone surrogate has no UTF-8 form: Dashly would receive U+FFFD instead.
  if (!text.isWellFormed()) issues.push({ path, message: 'The text contains a lone surrogate.' });
  if (text.length < min || (text.length > max && characterCount(text) > max)) {
    const allowed = min === 0 ? `at most ${max}` : `${min} to ${max}`;
    issues.push({
      path,
      message: `The text has ${characterCount(text)} characters; ${allowed} are allowed.`,
    });
  }
  return text;
}
