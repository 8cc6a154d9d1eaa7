/** A reply as somebody asked for it, once every parameter has been checked. */
import type { SentFile } from './sent-file.ts';

/** The optional fields of a part that `include_<field>=true` asks for. */
export const optionalFields = ['random_id', 'read', 'first', 'inbound_email', 'conversation'] as const;

/** What to create, with the defaults filled in. Ids are digits. */
export interface AskedReply {
  conversationId: string;
  author: { kind: 'user'; id: string } | { kind: 'admin'; id: string } | { kind: 'default-admin' };
  type: string;
  body: string;
  bodyJson: object;
  /** Under the name that it is to have. */
  attachment: SentFile | null;
  externalId: string | null;
  randomId: number;
  autoAssign: string | null;
  autoAssignRandomId: number;
  /** As they were sent; null where there are none. */
  actions: readonly unknown[] | null;
  idAsString: boolean;
  include: ReadonlySet<(typeof optionalFields)[number]>;
}
