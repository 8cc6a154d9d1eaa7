/** The documented shape of a part as zod checks it, taking what the API leaves open: absent fields, bare-number ids. */

import { z } from 'zod';
import { type ExactNumber, isJsonObject, type JsonObject } from '../conversation/exact-json.ts';

const maxInt32 = 2 ** 31 - 1;
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
  id: id.nullish(),
  name: z.string().nullish(),
  avatar: z.string().nullish(),
  type: z.string().nullish(),
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
  part_group: id.nullish(),
  direction: z.string().nullish(),
  sent_via: z.string().nullish(),
  reply_type: z.string().nullish(),
  from: z.union([id, admin]).nullish(),
  actions: z.array(z.unknown()).nullish(),
  external_id: z.string().nullish(),
  // The list of optional fields is not official, so whatever comes in one of them must not cost the whole answer.
  random_id: z.int32().nullish().catch(null),
  edited: time.nullish(),
  removed: time.nullish(),
});

const assignPart = part.extend({ assignee: admin.nullish() });

/** `data` of the answer: the reply, and the assignment inside it. */
export const replySchema = part.extend({
  attachments: z.array(attachment).nullish(),
  read: z.boolean().nullish().catch(null),
  first: z.boolean().nullish().catch(null),
  inbound_email: id.nullish().catch(null),
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

function isWholeNumber(value: unknown): boolean {
  return JSON.isRawJSON(value) && /^\d+$/.test(value.rawJSON);
}
