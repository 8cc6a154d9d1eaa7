/** The form in which a client requests parts: how ids are written, and which optional fields are included. */
import { exactNumber } from '../exact-json.ts';
import type { Admin, ConversationPart, JsonId } from './conversation-part.ts';
import type { FormParameters } from './form/form-parameters.ts';

/** The optional fields of a part that `include_<field>=true` requests. */
const optionalFields = ['random_id', 'read', 'first', 'inbound_email', 'conversation'] as const;

/** `id_as_string` and the `include_…` parameters of a call. */
export interface PartFormat {
  idAsString: boolean;
  include: ReadonlySet<string>;
}

/** Reads the format that a call requests; it cannot be invalid, since any text is a boolean. */
export function readPartFormat(parameters: FormParameters): PartFormat {
  return {
    idAsString: parameters.isTrue('id_as_string'),
    include: new Set(optionalFields.filter((field) => parameters.isTrue(`include_${field}`))),
  };
}

/** Writes an id, which is stored in digits. */
export function formatId(digits: unknown, { idAsString }: PartFormat): JsonId {
  return idAsString ? digits : exactNumber(String(digits));
}

/** A stored part as a client receives it. The order of the fields stays. */
export function formatPart(part: ConversationPart, format: PartFormat): ConversationPart {
  const isRequested = ([name]: [string, unknown]) =>
    name === 'conversation' || format.include.has(name) || !optionalFields.some((field) => field === name);
  const formatted = Object.fromEntries(
    Object.entries(part).filter(isRequested),
  ) as unknown as ConversationPart;
  const formatOptionalId = (id: JsonId) => (id === null ? null : formatId(id, format));

  formatted.id = formatId(part.id, format);
  formatted.conversation = formatConversation(part, format);
  formatted.part_group = formatOptionalId(part.part_group);
  formatted.from = isAdmin(part.from) ? formatAdmin(part.from, format) : formatOptionalId(part.from);
  if ('inbound_email' in formatted) formatted.inbound_email = formatId(formatted.inbound_email, format);
  if (part.assignee) formatted.assignee = formatAdmin(part.assignee, format);
  if (part.attachments) {
    formatted.attachments = part.attachments.map((file) => ({ ...file, id: formatId(file.id, format) }));
  }
  if (part.assign_part) formatted.assign_part = formatPart(part.assign_part, format);
  return formatted;
}

function formatConversation({ conversation, created }: ConversationPart, format: PartFormat): unknown {
  const id = formatId(conversation, format);
  return format.include.has('conversation') ? { id, created, closed: false } : id;
}

function formatAdmin(admin: Admin, format: PartFormat): Admin {
  return 'id' in admin ? { ...admin, id: formatId(admin.id, format) } : admin;
}

function isAdmin(from: JsonId | Admin): from is Admin {
  return typeof from === 'object' && from !== null;
}
