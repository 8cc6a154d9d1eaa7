/** Decodes the data of a response into parts, without losing anything. */

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
import {
  type Fields,
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
export function decodeReply(data: unknown): DecodedReply | null {
  return unlessUndocumented(() => {
    const reply = required(readFields, data);
    const assignPart = optional(readFields, reply['assign_part']);
    return { part: decodeConversationPart(reply), assignPart: assignPart && decodeAssignPart(assignPart) };
  });
}

/** Returns null if `data` is not a list of parts of the documented shape. */
export function decodeParts(data: unknown): readonly (ConversationPart | AssignPart)[] | null {
  return unlessUndocumented(() =>
    required(readList, data).map((item) => {
      const part = required(readFields, item);
      return part['type'] === 'assigned' ? decodeAssignPart(part) : decodeConversationPart(part);
    }),
  );
}

function unlessUndocumented<Value>(decode: () => Value): Value | null {
  try {
    return decode();
  } catch (error) {
    if (error instanceof UndocumentedValue) return null;
    throw error;
  }
}

function decodeConversationPart(part: Fields): ConversationPart {
  return {
    // A spread in the first place is many times faster.
    ...decodePart(part),
    kind: 'conversationPart',
    attachments: optional(readList, part['attachments'])?.map(decodeAttachment) ?? [],
    read: readBoolean(part['read']),
    first: readBoolean(part['first']),
    inboundEmail: readId(part['inbound_email']),
  };
}

function decodeAssignPart(part: Fields): AssignPart {
  return { ...decodePart(part), kind: 'assignPart', assignee: decodeAdmin(part['assignee']) };
}

const readPartType = enumReader(partTypes);
const readSentVia = enumReader(sentVias);
const readReplyType = enumReader(expectedReplyTypes);
const readAdminType = enumReader(adminTypes);

/**
 * A nullable field of an undocumented shape is null, so that the rest is not lost. Any other field, such as the list of attachments, must be
 * as documented: an empty list instead would be wrong.
 */
function decodePart(part: Fields): Part {
  const direction = readText(part['direction']);
  const sentVia = readText(part['sent_via']);
  const replyType = readText(part['reply_type']);
  return {
    id: required(readId, part['id']),
    conversation: { id: required(readConversation, part['conversation']) },
    partGroup: readId(part['part_group']),
    type: readPartType(required(readText, part['type'])),
    direction: direction ? readDirection(direction) : null,
    sentVia: sentVia ? readSentVia(sentVia) : null,
    from: decodeSender(part['from']),
    body: optional(readText, part['body']) ?? '',
    bodyJson: optional(readJsonObject, part['body_json']) ?? {},
    metaData: optional(readJsonObject, part['meta_data']) ?? {},
    replyType: replyType ? readReplyType(replyType) : null,
    actions: optional(readList, part['actions'])?.map(decodeAction) ?? null,
    externalId: readText(part['external_id']) ?? readId(part['external_id']),
    randomId: readInt(readInteger(part['random_id'])),
    createdAt: required(readTime, part['created']),
    editedAt: readTime(part['edited']),
    removedAt: readTime(part['removed']),
  };
}

function decodeSender(from: unknown): PartSender | null {
  const userId = readId(from);
  if (userId !== null) return { kind: 'user', id: userId };
  const admin = readFields(from);
  if (!admin) return null;
  const name = readText(admin['name']) ?? '';
  return decodeAdmin(admin) ?? { kind: 'defaultAdmin', name, avatar: readText(admin['avatar']) };
}

/** Null without an id: default admins have none. `name_internal` is not read, since it may be an e-mail address. */
function decodeAdmin(value: unknown): Admin | null {
  const admin = readFields(value);
  const id = readId(admin?.['id']);
  if (!admin || id === null) return null;
  const { name, avatar, type } = admin;
  return {
    kind: 'admin',
    id,
    name: readText(name) ?? '',
    avatar: readText(avatar),
    type: readAdminType(readText(type) ?? ''),
  };
}

function decodeAttachment(value: unknown): Attachment {
  const attachment = required(readFields, value);
  return {
    id: required(readId, attachment['id']),
    filename: required(readText, attachment['filename']),
    mimeType: required(readText, attachment['mime_type']),
    size: required(readSize, attachment['size']),
    url: required(readText, attachment['url']),
    createdAt: required(readTime, attachment['created']),
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

function decodeAction(value: unknown): PartAction {
  const action = readFields(value) ?? {};
  const { type } = action;
  const known = actionReaders.get(type)?.(action);
  return known ?? { kind: 'otherAction', type: readText(type) ?? 'unknown', data: limitDepth(action) };
}

function readQuickReply({ body, meta_data: metaData }: Fields): PartAction | null {
  const data = readFields(metaData);
  if (typeof body !== 'string' || (metaData != null && !data)) return null;
  return { kind: 'quickReply', body, metaData: data && limitDepth(data) };
}

function readDirection(value: string): 'ADMIN_TO_USER' | 'USER_TO_ADMIN' | 'UNKNOWN' {
  return value === 'a2u' ? 'ADMIN_TO_USER' : value === 'u2a' ? 'USER_TO_ADMIN' : 'UNKNOWN';
}

/** Reads the lower-case names of Dashly; an unknown name becomes `UNKNOWN`. */
function enumReader<Value extends string>(values: readonly Value[]): (name: string) => Value | 'UNKNOWN' {
  const byName = new Map(values.map((value) => [value.toLowerCase(), value]));
  return (name) => byName.get(name) ?? 'UNKNOWN';
}
