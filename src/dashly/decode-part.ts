/** Decodes the data of a response into parts. Values of another shape than documented are reported. */

import { limitDepth } from '../conversation/exact-json.ts';
import {
  type Admin,
  type AssignPart,
  type Attachment,
  adminTypes,
  type ConversationPart,
  expectedReplyTypes,
  type Part,
  type PartAction,
  type PartSender,
  partTypes,
  sentVias,
} from '../conversation/part.ts';
import type { FieldWithKnownValues } from '../conversation/undocumented.ts';
import {
  type AnswerSource,
  type Fields,
  nullable,
  optional,
  readBoolean,
  readConversation,
  readFields,
  readId,
  readInt,
  readInteger,
  readJsonObject,
  readList,
  readSize,
  readText,
  readTime,
  required,
  UndocumentedValue,
} from './read-value.ts';

export interface DecodedReply {
  readonly part: ConversationPart;
  readonly assignPart: AssignPart | null;
}

/** Returns null if `data` does not have the documented shape. */
export function decodeReply(data: unknown, source: AnswerSource): DecodedReply | null {
  return unlessUndocumented(source, () => {
    const reply = required(readFields, data, 'data');
    const assignPart = optional(readFields, reply['assign_part'], 'assignPart');
    return {
      part: decodeConversationPart(reply, source),
      assignPart: assignPart && decodeAssignPart(assignPart, source),
    };
  });
}

/** Returns null if `data` is not a list of parts of the documented shape. */
export function decodeParts(
  data: unknown,
  source: AnswerSource,
): readonly (ConversationPart | AssignPart)[] | null {
  return unlessUndocumented(source, () =>
    required(readList, data, 'data').map((item) => {
      const part = required(readFields, item, 'data');
      return part['type'] === 'assigned'
        ? decodeAssignPart(part, source)
        : decodeConversationPart(part, source);
    }),
  );
}

function unlessUndocumented<Value>(source: AnswerSource, decode: () => Value): Value | null {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof UndocumentedValue)) throw error;
    source.observeUndocumented('otherShape', error.field, source.conversationId);
    return null;
  }
}

function decodeConversationPart(part: Fields, source: AnswerSource): ConversationPart {
  return {
    // A spread in the first place is many times faster.
    ...decodePart(part, source),
    kind: 'conversationPart',
    attachments: optional(readList, part['attachments'], 'attachments')?.map(decodeAttachment) ?? [],
    read: nullable(readBoolean, part['read'], 'read', source),
    first: nullable(readBoolean, part['first'], 'first', source),
    inboundEmail: nullable(readId, part['inbound_email'], 'inboundEmail', source),
  };
}

function decodeAssignPart(part: Fields, source: AnswerSource): AssignPart {
  return {
    ...decodePart(part, source),
    kind: 'assignPart',
    assignee: decodeAssignee(part['assignee'], source),
  };
}

const readPartType = enumReader('type', partTypes);
const readSentVia = enumReader('sentVia', sentVias);
const readReplyType = enumReader('replyType', expectedReplyTypes);
const readAdminType = enumReader('adminType', adminTypes);

/**
 * A nullable field of an undocumented shape is null, so that the rest is not lost. Any other field, such as the list of attachments, must be
 * as documented: an empty list instead would be wrong.
 */
function decodePart(part: Fields, source: AnswerSource): Part {
  const direction = nullable(readText, part['direction'], 'direction', source);
  const sentVia = nullable(readText, part['sent_via'], 'sentVia', source);
  const replyType = nullable(readText, part['reply_type'], 'replyType', source);
  const { actions } = part;
  return {
    id: required(readId, part['id'], 'id'),
    conversation: { id: required(readConversation, part['conversation'], 'conversation') },
    partGroup: nullable(readId, part['part_group'], 'partGroup', source),
    type: readPartType(required(readText, part['type'], 'type'), source),
    direction: direction ? readDirection(direction, source) : null,
    sentVia: sentVia ? readSentVia(sentVia, source) : null,
    from: decodeSender(part['from'], source),
    body: optional(readText, part['body'], 'body') ?? '',
    bodyJson: optional(readJsonObject, part['body_json'], 'bodyJson') ?? {},
    metaData: optional(readJsonObject, part['meta_data'], 'metaData') ?? {},
    replyType: replyType ? readReplyType(replyType, source) : null,
    actions: optional(readList, actions, 'actions')?.map((action) => decodeAction(action, source)) ?? null,
    externalId: nullable(readExternalId, part['external_id'], 'externalId', source),
    randomId: nullable(readRandomId, part['random_id'], 'randomId', source),
    createdAt: required(readTime, part['created'], 'createdAt'),
    editedAt: nullable(readTime, part['edited'], 'editedAt', source),
    removedAt: nullable(readTime, part['removed'], 'removedAt', source),
  };
}

function readExternalId(value: unknown): string | null {
  return readText(value) ?? readId(value);
}

function readRandomId(value: unknown): number | null {
  return readInt(readInteger(value));
}

function decodeSender(from: unknown, source: AnswerSource): PartSender | null {
  const userId = readId(from);
  if (userId !== null) return { kind: 'user', id: userId };
  const sender = nullable(readFields, from, 'from', source);
  if (!sender) return null;
  const admin = decodeAdmin(sender, source);
  if (admin) return admin;
  if (sender['type'] !== 'default_admin')
    source.observeUndocumented('unknownValue', 'from', source.conversationId);
  return { kind: 'defaultAdmin', name: decodeName(sender, source), avatar: decodeAvatar(sender, source) };
}

/** Null for a default admin, who has no id. */
function decodeAssignee(value: unknown, source: AnswerSource): Admin | null {
  const assignee = nullable(readFields, value, 'assignee', source);
  const admin = assignee && decodeAdmin(assignee, source);
  if (assignee && !admin && assignee['type'] !== 'default_admin') {
    source.observeUndocumented('otherShape', 'assignee', source.conversationId);
  }
  return admin;
}

/** Null without an id: default admins have none. */
function decodeAdmin(admin: Fields, source: AnswerSource): Admin | null {
  const id = readId(admin['id']);
  if (id === null) return null;
  return {
    kind: 'admin',
    id,
    name: decodeName(admin, source),
    avatar: decodeAvatar(admin, source),
    type: readAdminType(nullable(readText, admin['type'], 'adminType', source) ?? '', source),
  };
}

/** `name_internal` is not read, since it may be an e-mail address. */
function decodeName(admin: Fields, source: AnswerSource): string {
  return nullable(readText, admin['name'], 'adminName', source) ?? '';
}

function decodeAvatar(admin: Fields, source: AnswerSource): string | null {
  return nullable(readText, admin['avatar'], 'adminAvatar', source);
}

function decodeAttachment(value: unknown): Attachment {
  const attachment = required(readFields, value, 'attachments');
  return {
    id: required(readId, attachment['id'], 'attachments'),
    filename: required(readText, attachment['filename'], 'attachments'),
    mimeType: required(readText, attachment['mime_type'], 'attachments'),
    size: required(readSize, attachment['size'], 'attachments'),
    url: required(readText, attachment['url'], 'attachments'),
    createdAt: required(readTime, attachment['created'], 'attachments'),
  };
}

type ReadAction = (action: Fields) => PartAction | null;

/** How to read an action of each kind, null if it is not as documented. A kind without a row does not compile. */
const actionKinds: Record<
  Exclude<PartAction['kind'], 'otherAction'>,
  readonly [type: string, read: ReadAction]
> = {
  quickReply: ['quick_reply', readQuickReply],
};

const actionReaders = new Map<unknown, ReadAction>(Object.values(actionKinds));

function decodeAction(value: unknown, source: AnswerSource): PartAction {
  const action = readFields(value) ?? {};
  const { type } = action;
  const read = actionReaders.get(type);
  const known = read?.(action);
  if (known) return known;
  const { observeUndocumented, conversationId } = source;
  if (read || typeof type !== 'string') observeUndocumented('otherShape', 'actions', conversationId);
  else observeUndocumented('unknownValue', 'actions', conversationId);
  return { kind: 'otherAction', type: readText(type) ?? 'unknown', data: limitDepth(action) };
}

function readQuickReply({ body, meta_data: metaData }: Fields): PartAction | null {
  const data = readFields(metaData);
  if (typeof body !== 'string' || (metaData != null && !data)) return null;
  return { kind: 'quickReply', body, metaData: data && limitDepth(data) };
}

function readDirection(
  value: string,
  { observeUndocumented, conversationId }: AnswerSource,
): 'ADMIN_TO_USER' | 'USER_TO_ADMIN' | 'UNKNOWN' {
  if (value === 'a2u') return 'ADMIN_TO_USER';
  if (value === 'u2a') return 'USER_TO_ADMIN';
  observeUndocumented('unknownValue', 'direction', conversationId);
  return 'UNKNOWN';
}

/** Reads the lower-case names of Dashly; an unknown name becomes `UNKNOWN` and is reported. */
function enumReader<Value extends string>(
  field: FieldWithKnownValues,
  values: readonly Value[],
): (name: string, source: AnswerSource) => Value | 'UNKNOWN' {
  const known = values.filter((value) => value !== 'UNKNOWN');
  const byName = new Map(known.map((value) => [value.toLowerCase(), value]));
  return (name, { observeUndocumented, conversationId }) => {
    const value = byName.get(name);
    if (value !== undefined) return value;
    observeUndocumented('unknownValue', field, conversationId);
    return 'UNKNOWN';
  };
}
