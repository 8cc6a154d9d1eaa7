/** The documented shape of the answer to a reply, as a zod schema that returns what the decoder must return. */

import { z } from 'zod';
import type { AssignPart, ConversationPart, Part, PartAction } from '../../src/conversation/part.ts';

export const types =
  'reply_user reply_admin auto_reply note tag_added tag_deleted assigned closed final_closed delayed channel_changed vote article chat_bot_admin chat_bot_user service';
export const vias =
  'web_user email_user web_panel email_admin app_android app_ios app_chrome app_desktop message_auto message_manual message_chat_bot api integrations system auto_reply';
export const replyTypes = 'text email phone push button no';

const upper = (name: string) => name.toUpperCase();
const orNull = <Value>(value: Value | null | undefined): Value | null => value ?? null;

/** An id in a string, as the gateway requests it, or as a number. */
const id = z.union([z.string().regex(/^\d{1,20}$/), z.int().nonnegative()]).transform(String);
const time = z.number().min(0).max(253_402_300_799);
const json = z.record(z.string(), z.unknown());
const nameOf = (names: string) => z.enum(names.split(' ')).transform(upper);

const admin = z
  .object({ id, name: z.string(), avatar: z.string().nullish().transform(orNull), type: nameOf('admin bot') })
  .transform((fields) => ({ kind: 'admin' as const, ...fields }));
const defaultAdmin = z
  .object({
    id: z.never().optional(),
    name: z.string(),
    avatar: z.string().nullish(),
    type: z.literal('default_admin'),
  })
  .transform(({ name, avatar }) => ({ kind: 'defaultAdmin' as const, name, avatar: orNull(avatar) }));
const user = id.transform((userId) => ({ kind: 'user' as const, id: userId }));

const attachment = z
  .object({
    type: z.literal('file'),
    id,
    filename: z.string(),
    mime_type: z.string(),
    size: z.int32().nonnegative(),
    url: z.string(),
    created: time,
  })
  .transform(({ type: _, mime_type: mimeType, created: createdAt, ...same }) => ({
    ...same,
    mimeType,
    createdAt,
  }));
export type DocumentedActionKind = Exclude<PartAction['kind'], 'otherAction'>;

/** A new kind of action does not compile until it is added here. */
const actions = {
  quickReply: z
    .object({ type: z.literal('quick_reply'), body: z.string(), meta_data: json.nullish().transform(orNull) })
    .transform(({ body, meta_data: metaData }) => ({ kind: 'quickReply', body, metaData })),
} satisfies Record<DocumentedActionKind, z.ZodType>;
const action = z.union(Object.values(actions));

const partShape = {
  id,
  conversation: z.union([id, z.object({ id }).transform((conversation) => conversation.id)]),
  part_group: id.nullish(),
  created: time,
  edited: time.nullish(),
  removed: time.nullish(),
  body: z.string(),
  body_json: json.nullish(),
  meta_data: json.nullish(),
  direction: z.enum(['a2u', 'u2a']).nullish(),
  type: nameOf(types),
  sent_via: z.union([nameOf(vias), z.literal('').transform(() => null)]).nullish(),
  reply_type: nameOf(replyTypes).nullish(),
  actions: z.array(action).nullish(),
  external_id: z.string().nullish(),
  random_id: z.int32().nullish(),
  from: z.union([user, admin, defaultAdmin]).nullish(),
};

/** The part as the domain has it. A new field of a part does not compile until it is added here. */
const toPart = (part: z.output<z.ZodObject<typeof partShape>>) =>
  ({
    id: part.id,
    conversation: { id: part.conversation },
    partGroup: orNull(part.part_group),
    type: part.type,
    direction: part.direction ? { a2u: 'ADMIN_TO_USER', u2a: 'USER_TO_ADMIN' }[part.direction] : null,
    sentVia: orNull(part.sent_via),
    from: orNull(part.from),
    body: part.body,
    bodyJson: part.body_json ?? {},
    metaData: part.meta_data ?? {},
    replyType: orNull(part.reply_type),
    actions: orNull(part.actions),
    externalId: orNull(part.external_id),
    randomId: orNull(part.random_id),
    createdAt: part.created,
    editedAt: orNull(part.edited),
    removedAt: orNull(part.removed),
  }) satisfies Record<keyof Part, unknown>;

const assignPart = z
  .object({ ...partShape, assignee: z.union([admin, defaultAdmin.transform(() => null)]).nullish() })
  .transform(
    (part) =>
      ({ ...toPart(part), kind: 'assignPart', assignee: orNull(part.assignee) }) satisfies Record<
        keyof AssignPart,
        unknown
      >,
  );

/** The `data` of the answer. */
export const documentedData = z
  .object({
    ...partShape,
    attachments: z.array(attachment).nullish(),
    read: z.boolean().nullish(),
    first: z.boolean().nullish(),
    inbound_email: id.nullish(),
    assign_part: assignPart.nullish(),
  })
  .transform((data) => ({
    part: {
      ...toPart(data),
      kind: 'conversationPart',
      attachments: data.attachments ?? [],
      read: orNull(data.read),
      first: orNull(data.first),
      inboundEmail: orNull(data.inbound_email),
    } satisfies Record<keyof ConversationPart, unknown>,
    assignPart: orNull(data.assign_part),
  }));
