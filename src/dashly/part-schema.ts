/** The documented shape of a part as zod checks it, taking what the API leaves open: absent fields, bare-number ids. */

import { z } from 'zod';
import { type ExactNumber, isJsonObject, type JsonObject } from '../conversation/exact-json.ts';

const maxInt32 = 2 ** 31 - 1;
/** More actions or attachments than a reply can have. */
const maxItems = 10_000;
const endOfYear9999 = 253_402_300_799;

/** An id, as a string or as a bare number of up to 64 bits. */
const id = z
  .union([z.string().min(1), z.int().nonnegative(), z.custom<ExactNumber>(isWholeNumber)])
  .transform((value) => (typeof value === 'object' ? value.rawJSON : String(value)));

/** Seconds since the epoch, an integer or a float. */
const time = z
  .union([z.number(), z.custom<ExactNumber>(JSON.isRawJSON)])
  .transform((value) => (typeof value === 'object' ? Number(value.rawJSON) : value))
  .refine((seconds) => seconds >= 0 && seconds <= endOfYear9999);

const jsonObject = z.custom<JsonObject>(isJsonObject);

/** An admin as the sender or the assignee; a default admin has no id. */
const admin = z.object({
  id: lenient(id),
  name: lenient(z.string()),
  avatar: lenient(z.string()),
  type: lenient(z.string()),
});

const attachment = z.object({
  id,
  filename: z.string(),
  mime_type: z.string(),
  size: z.int().nonnegative().max(maxInt32),
  url: z.string(),
  created: time,
});

const part = z.object({
  id,
  // The whole object comes in place of the id where a version of the API thinks that it was asked for.
  conversation: z.union([id, z.object({ id }).transform((conversation) => conversation.id)]),
  created: time,
  type: z.string(),
  body: z.string().nullish(),
  body_json: jsonObject.nullish(),
  meta_data: jsonObject.nullish(),
  part_group: lenient(id),
  direction: lenient(z.string()),
  sent_via: lenient(z.string()),
  reply_type: lenient(z.string()),
  from: lenient(z.union([id, admin])),
  actions: z.array(z.unknown()).max(maxItems).nullish(),
  external_id: lenient(z.union([z.string(), id])),
  random_id: lenient(z.int32()),
  edited: lenient(time),
  removed: lenient(time),
});

const assignPart = part.extend({ assignee: lenient(admin) });

/** `data` of the answer: the reply, and the assignment inside it. */
export const replySchema = part.extend({
  attachments: z.array(attachment).max(maxItems).nullish(),
  read: lenient(z.boolean()),
  first: lenient(z.boolean()),
  inbound_email: lenient(id),
  assign_part: assignPart.nullish(),
});

export const quickReplySchema = z.object({
  type: z.literal('quick_reply'),
  body: z.string(),
  meta_data: jsonObject.nullish(),
});

export type RawAdmin = z.output<typeof admin>;
export type RawAttachment = z.output<typeof attachment>;
export type RawPart = z.output<typeof part>;
export type RawAssignPart = z.output<typeof assignPart>;

/**
 * For what may be null in the answer: that it came in a shape of its own must not cost all the rest. What may not, such
 * as the list of attachments, has to be as documented: an empty one in its place would be a lie.
 */
function lenient<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().catch(null);
}

function isWholeNumber(value: unknown): boolean {
  return JSON.isRawJSON(value) && /^\d+$/.test(value.rawJSON);
}
