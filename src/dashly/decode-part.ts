/** Turns `data` of Dashly's answer into parts, losing nothing. */

import { isJsonObject } from '../conversation/exact-json.ts';
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
  quickReplySchema,
  type RawAdmin,
  type RawAssignPart,
  type RawAttachment,
  type RawPart,
  replySchema,
} from './part-schema.ts';

export interface DecodedReply {
  readonly part: ConversationPart;
  readonly assignPart: AssignPart | null;
}

/** Returns null where `data` is not of the documented shape. */
export function decodeReply(data: unknown): DecodedReply | null {
  const { success, data: reply } = replySchema.safeParse(data);
  if (!success) return null;
  return {
    part: {
      kind: 'conversationPart',
      ...decodePart(reply),
      attachments: reply.attachments?.map(decodeAttachment) ?? [],
      read: reply.read ?? null,
      first: reply.first ?? null,
      inboundEmail: reply.inbound_email ?? null,
    },
    assignPart: reply.assign_part ? decodeAssignPart(reply.assign_part) : null,
  };
}

const readPartType = enumReader(partTypes);
const readSentVia = enumReader(sentVias);
const readReplyType = enumReader(expectedReplyTypes);
const readAdminType = enumReader(adminTypes);

function decodePart(part: RawPart): Part {
  return {
    id: part.id,
    conversation: { id: part.conversation },
    partGroup: part.part_group ?? null,
    type: readPartType(part.type),
    direction: part.direction ? readDirection(part.direction) : null,
    sentVia: part.sent_via ? readSentVia(part.sent_via) : null,
    from: part.from ? decodeSender(part.from) : null,
    body: part.body ?? '',
    bodyJson: part.body_json ?? {},
    metaData: part.meta_data ?? {},
    replyType: part.reply_type ? readReplyType(part.reply_type) : null,
    actions: part.actions?.map(decodeAction) ?? null,
    externalId: part.external_id ?? null,
    randomId: part.random_id ?? null,
    createdAt: part.created,
    editedAt: part.edited ?? null,
    removedAt: part.removed ?? null,
  };
}

function decodeAssignPart(part: RawAssignPart): AssignPart {
  return {
    kind: 'assignPart',
    ...decodePart(part),
    assignee: part.assignee ? decodeAdmin(part.assignee) : null,
  };
}

function decodeSender(from: string | RawAdmin): PartSender {
  if (typeof from === 'string') return { kind: 'user', id: from };
  return decodeAdmin(from) ?? { kind: 'defaultAdmin', name: from.name ?? '', avatar: from.avatar ?? null };
}

/** Null where there is no id. `name_internal` can hold an e-mail address and stays behind. */
function decodeAdmin({ id, name, avatar, type }: RawAdmin): Admin | null {
  if (id == null) return null;
  return { kind: 'admin', id, name: name ?? '', avatar: avatar ?? null, type: readAdminType(type ?? '') };
}

function decodeAttachment(attachment: RawAttachment): Attachment {
  return {
    id: attachment.id,
    filename: attachment.filename,
    mimeType: attachment.mime_type,
    size: attachment.size,
    url: attachment.url,
    createdAt: attachment.created,
  };
}

function decodeAction(action: unknown): PartAction {
  const { success, data } = quickReplySchema.safeParse(action);
  if (success) return { kind: 'quickReply', body: data.body, metaData: data.meta_data ?? null };
  const type = isJsonObject(action) && typeof action['type'] === 'string' ? action['type'] : 'unknown';
  return { kind: 'otherAction', type, data: isJsonObject(action) ? action : {} };
}

function readDirection(value: string): 'ADMIN_TO_USER' | 'USER_TO_ADMIN' | 'UNKNOWN' {
  return value === 'a2u' ? 'ADMIN_TO_USER' : value === 'u2a' ? 'USER_TO_ADMIN' : 'UNKNOWN';
}

/** Reads Dashly's lower-case names; a name that is not known yet is `UNKNOWN`. */
function enumReader<Value extends string>(values: readonly Value[]): (name: string) => Value | 'UNKNOWN' {
  const byName = new Map(values.map((value) => [value.toLowerCase(), value]));
  return (name) => byName.get(name) ?? 'UNKNOWN';
}
