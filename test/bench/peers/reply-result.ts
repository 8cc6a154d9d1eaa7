/** The response of the REST call by the names of the schema, for default resolvers. */

import { findIssues, type ReplyInput } from './reply-input.ts';

/** The response of Dashly. */
export interface RestAnswer {
  readonly data?: RestPart & { readonly assign_part?: RestPart };
  readonly meta: { readonly status: number; readonly error?: string };
}

interface RestAdmin {
  readonly id?: string;
  readonly name: string;
  readonly avatar?: string;
  readonly type: string;
}

interface RestAction {
  readonly type: string;
  readonly body?: string;
  readonly meta_data?: object;
}

interface RestPart {
  readonly id: string;
  readonly conversation: string;
  readonly part_group?: string;
  readonly type: string;
  readonly direction?: string;
  readonly sent_via?: string;
  readonly from?: string | RestAdmin;
  readonly body: string;
  readonly body_json: object;
  readonly meta_data: object;
  readonly reply_type?: string;
  readonly actions?: readonly RestAction[];
  readonly external_id?: string;
  readonly random_id?: number;
  readonly created: number;
  readonly edited?: number;
  readonly removed?: number;
  readonly attachments?: readonly {
    readonly id: string;
    readonly filename: string;
    readonly mime_type: string;
    readonly size: number;
    readonly url: string;
    readonly created: number;
  }[];
  readonly read?: boolean;
  readonly first?: boolean;
  readonly inbound_email?: string;
  readonly assignee?: RestAdmin;
}

/** A member of the union `ReplyToConversationResult`. */
export type ReplyResult = { readonly __typename: string } & Readonly<Record<string, unknown>>;

/** The result of the reply. */
export function toResult(input: ReplyInput, { data, meta }: RestAnswer): ReplyResult {
  if (meta.status === 200 && data) {
    return {
      __typename: 'ReplyToConversationPayload',
      part: toPart(data),
      assignPart: data.assign_part ? toPart(data.assign_part) : null,
      replayed: false,
    };
  }
  const delivery = 'NOT_DELIVERED';
  if (meta.error === 'ReplyTooBig') {
    const bodyLength = [...(input.body ?? '')].length;
    const message = `The body is too long for Dashly: it has ${bodyLength} characters.`;
    return { __typename: 'ReplyTooBigError', message, delivery, bodyLength };
  }
  const code = meta.error ?? `HTTP_${meta.status}`;
  const message = `Dashly rejected the reply: ${code} (HTTP status ${meta.status}).`;
  return { __typename: 'DashlyRejectedError', message, delivery, status: meta.status, code };
}

/** The result for an invalid input; null if the input is valid. */
export function toInvalidResult(input: ReplyInput): ReplyResult | null {
  const issues = findIssues(input);
  if (issues.length === 0) return null;
  const message = 'The reply breaks a rule.';
  return { __typename: 'InvalidReplyError', message, delivery: 'NOT_DELIVERED', issues };
}

const toDateTime = (seconds: number): string => new Date(seconds * 1000).toISOString();
const toOptionalDateTime = (seconds: number | undefined): string | null =>
  seconds ? toDateTime(seconds) : null;
const toEnum = (name: string | undefined): string | null => name?.toUpperCase() ?? null;

function toPart(part: RestPart): object {
  return {
    __typename: part.type === 'assigned' ? 'AssignPart' : 'ConversationPart',
    id: part.id,
    conversation: { id: part.conversation },
    partGroup: part.part_group ?? null,
    type: toEnum(part.type),
    direction: part.direction === 'u2a' ? 'USER_TO_ADMIN' : 'ADMIN_TO_USER',
    sentVia: toEnum(part.sent_via),
    from:
      typeof part.from === 'string'
        ? { __typename: 'User', id: part.from }
        : part.from
          ? toAdmin(part.from)
          : null,
    body: part.body,
    bodyJson: part.body_json,
    metaData: part.meta_data,
    replyType: toEnum(part.reply_type),
    actions: part.actions?.map(toAction) ?? null,
    externalId: part.external_id ?? null,
    randomId: part.random_id ?? null,
    createdAt: toDateTime(part.created),
    editedAt: toOptionalDateTime(part.edited),
    removedAt: toOptionalDateTime(part.removed),
    attachments: (part.attachments ?? []).map(({ id, filename, mime_type, size, url, created }) => ({
      id,
      filename,
      mimeType: mime_type,
      size,
      url,
      createdAt: toDateTime(created),
    })),
    read: part.read ?? null,
    first: part.first ?? null,
    inboundEmail: part.inbound_email ?? null,
    assignee: part.assignee ? toAdmin(part.assignee) : null,
  };
}

function toAdmin({ id, name, avatar, type }: RestAdmin): object {
  if (!id) return { __typename: 'DefaultAdmin', name, avatar: avatar ?? null };
  return { __typename: 'Admin', id, name, avatar: avatar ?? null, type: toEnum(type) };
}

function toAction(action: RestAction): object {
  if (action.type !== 'quick_reply') return { __typename: 'OtherAction', type: action.type, data: action };
  return { __typename: 'QuickReply', body: action.body, metaData: action.meta_data ?? null };
}
