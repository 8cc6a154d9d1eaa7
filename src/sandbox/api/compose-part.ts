/** Composes the part that an ordinary reply creates. */
import type { Admin, ConversationPart } from './conversation-part.ts';
import type { ReplyContext } from './reply-context.ts';

/** Composes the stored part: with every optional field, and with `assign_part` if the reply assigns the conversation. */
export function composePart(context: ReplyContext): ConversationPart {
  const { request } = context;
  const attachments = request.attachment === null ? null : [context.storeFile(request.attachment)];
  return {
    id: context.partId,
    created: context.now,
    conversation: request.conversationId,
    body: request.body,
    body_json: request.bodyJson,
    direction: request.author.kind === 'user' ? 'u2a' : 'a2u',
    type: request.type,
    sent_via: 'api',
    ...(attachments === null ? {} : { attachments }),
    meta_data: {},
    reply_type: request.actions === null ? 'text' : 'button',
    actions: request.actions,
    edited: null,
    removed: null,
    external_id: request.externalId,
    part_group: context.partGroup,
    ...describeOptionalFields(context, request.randomId),
    from: describeAuthor(context),
    ...(request.autoAssign === null ? {} : { assign_part: composeAssignPart(context, request.autoAssign) }),
  };
}

/** The admin of a reply that names no admin; has no id. */
export function defaultAdmin(context: ReplyContext): Admin {
  return { name: 'Sandbox', avatar: avatarOf(context), type: 'default_admin' };
}

/** The system part that assigns the conversation to this admin. */
export function composeAssignPart(context: ReplyContext, adminId: string): ConversationPart {
  const admin = describeAdmin(context, adminId);
  return {
    id: context.newId(),
    created: context.now,
    conversation: context.request.conversationId,
    body: '',
    body_json: {},
    direction: 'a2u',
    type: 'assigned',
    sent_via: 'api',
    meta_data: {},
    reply_type: 'no',
    actions: null,
    edited: null,
    removed: null,
    external_id: null,
    part_group: context.partGroup,
    ...describeOptionalFields(context, context.request.autoAssignRandomId),
    assignee: admin,
    from: admin,
  };
}

/** Stored always, and sent to the clients that request them. */
function describeOptionalFields(context: ReplyContext, randomId: number): Partial<ConversationPart> {
  return { random_id: randomId, read: false, first: false, inbound_email: context.newId() };
}

function describeAuthor(context: ReplyContext): unknown {
  const { author } = context.request;
  if (author.kind === 'user') return author.id;
  return author.kind === 'admin' ? describeAdmin(context, author.id) : defaultAdmin(context);
}

function describeAdmin(context: ReplyContext, id: string): Admin {
  return { id, name: `Admin ${id}`, avatar: avatarOf(context), type: 'admin' };
}

function avatarOf({ url }: ReplyContext): string {
  return `${url}/avatars/default.svg`;
}
