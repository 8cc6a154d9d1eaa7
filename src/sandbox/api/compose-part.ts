/** Makes the part that a reply becomes when nothing out of the ordinary happens. */
import type { Admin, ConversationPart } from './conversation-part.ts';
import type { Scene } from './reply-context.ts';

/** The part as Dashly would describe it, with `assign_part` where the reply assigns the conversation. */
export function composePart(scene: Scene): ConversationPart {
  const { reply } = scene;
  const attachments = reply.attachment === null ? null : [scene.keepFile(reply.attachment)];
  return {
    id: scene.asId(scene.partId),
    created: scene.now,
    conversation: describeConversation(scene),
    body: reply.body,
    body_json: reply.bodyJson,
    direction: reply.author.kind === 'user' ? 'u2a' : 'a2u',
    type: reply.type,
    sent_via: 'api',
    ...(attachments === null ? {} : { attachments }),
    meta_data: {},
    reply_type: reply.actions === null ? 'text' : 'button',
    actions: reply.actions,
    edited: null,
    removed: null,
    external_id: reply.externalId,
    part_group: scene.partGroup,
    ...describeOptionalFields(scene, reply.randomId),
    from: describeAuthor(scene),
    ...(reply.autoAssign === null ? {} : { assign_part: composeAssignPart(scene, reply.autoAssign) }),
  };
}

/** The admin who answers where no admin is named, who has no id. */
export function defaultAdmin(scene: Scene): Admin {
  return { name: 'Sandbox', avatar: avatarOf(scene), type: 'default_admin' };
}

function composeAssignPart(scene: Scene, adminId: string): ConversationPart {
  const admin = describeAdmin(scene, adminId);
  return {
    id: scene.mintId(),
    created: scene.now,
    conversation: describeConversation(scene),
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
    part_group: scene.partGroup,
    ...describeOptionalFields(scene, scene.reply.autoAssignRandomId),
    assignee: admin,
    from: admin,
  };
}

function describeOptionalFields(scene: Scene, randomId: number): Partial<ConversationPart> {
  const { include } = scene.reply;
  return {
    ...(include.has('random_id') ? { random_id: randomId } : {}),
    ...(include.has('read') ? { read: false } : {}),
    ...(include.has('first') ? { first: false } : {}),
    ...(include.has('inbound_email') ? { inbound_email: scene.mintId() } : {}),
  };
}

function describeConversation({ asId, now, reply }: Scene): unknown {
  const id = asId(reply.conversationId);
  return reply.include.has('conversation') ? { id, created: now, closed: false } : id;
}

function describeAuthor(scene: Scene): unknown {
  const { author } = scene.reply;
  if (author.kind === 'user') return scene.asId(author.id);
  return author.kind === 'admin' ? describeAdmin(scene, author.id) : defaultAdmin(scene);
}

function describeAdmin(scene: Scene, id: string): Admin {
  return { id: scene.asId(id), name: `Admin ${id}`, avatar: avatarOf(scene), type: 'admin' };
}

function avatarOf({ url }: Scene): string {
  return `${url}/avatars/default.svg`;
}
