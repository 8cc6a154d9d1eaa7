/** The shape of a part that Dashly documents. A stored part has every optional field; a client receives those it requests. */

/** An id: stored in digits; in a response a JSON number with all of its digits, or a string with `id_as_string`. */
export type JsonId = unknown;

/** A user of the admin panel; a `default_admin` has no `id`. */
export interface Admin {
  id?: JsonId;
  name: string;
  avatar: string;
  type: string;
}

/** A file of a part; `size` in bytes, `created` in seconds since the epoch. */
export interface Attachment {
  type: 'file';
  id: JsonId;
  filename: string;
  mime_type: string;
  size: number;
  url: string;
  created: number;
}

/** A message, a note or a system line of a conversation; times in seconds since the epoch. */
export interface ConversationPart {
  id: JsonId;
  created: number;
  /** The id, or the whole object with `include_conversation`. */
  conversation: JsonId;
  body: string;
  body_json: object;
  direction?: string;
  type: string;
  sent_via: string;
  attachments?: Attachment[];
  meta_data: object;
  reply_type: string;
  actions?: readonly unknown[] | null;
  edited: number | null;
  removed: number | null;
  external_id?: string | null;
  part_group: JsonId | null;
  random_id?: number;
  read?: boolean;
  first?: boolean;
  inbound_email?: JsonId;
  assignee?: Admin | null;
  /** The id of a visitor, or an admin as an object. */
  from: JsonId | Admin | null;
  assign_part?: ConversationPart;
}
