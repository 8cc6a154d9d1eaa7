/** The customer's side of quick replies: which buttons a part has, and what a click creates. */
import { defaultUserId } from '../api/check-reply.ts';
import { composePart } from '../api/compose-part.ts';
import type { ConversationPart } from '../api/conversation-part.ts';
import { createReplyContext, plainRequest } from '../api/reply-context.ts';
import { isJsonObject } from '../exact-json.ts';
import type { SandboxState, StoredPart } from '../sandbox-state.ts';

/** Whether the part appears in the customer's chat. A part of an unknown type does, as a message. */
export function isForCustomer({ type, removed }: ConversationPart): boolean {
  return removed === null && type !== 'note' && type !== 'assigned';
}

/** One button under a message. */
export interface QuickReply {
  /** Its index in the part's `actions`. */
  index: number;
  body: string;
  /** As it was sent, numbers with all digits; null if there is none. */
  metaData: object | null;
}

/** The quick replies among a part's actions, in their order. */
export function quickRepliesOf({ actions }: ConversationPart): QuickReply[] {
  return (actions ?? []).flatMap((action, index) => {
    if (!isJsonObject(action)) return [];
    const { type, body, meta_data: metaData } = action as Readonly<Record<string, unknown>>;
    if (type !== 'quick_reply' || typeof body !== 'string') return [];
    return [{ index, body, metaData: isJsonObject(metaData) ? metaData : null }];
  });
}

/**
 * Creates the visitor's reply with the button's text and `meta_data`, unless a button of this part was clicked
 * before. Dashly documents: "a reply with the corresponding content is sent to the chat".
 * Returns the part of the button, null if the customer has no such button.
 */
export function clickQuickReply(state: SandboxState, partId: string, index: number): StoredPart | null {
  const stored = state.parts.find(({ id }) => id === partId);
  if (stored === undefined || !isForCustomer(stored.part)) return null;
  const button = quickRepliesOf(stored.part).find((quickReply) => quickReply.index === index);
  if (button === undefined) return null;
  if (stored.clicked !== null) return stored;

  stored.clicked = index;
  const visitor = { kind: 'user', id: defaultUserId } as const;
  const request = plainRequest(stored.conversationId, visitor, button.body);
  const part = composePart(createReplyContext(state, request));
  state.addPart({ ...part, sent_via: 'web_user', meta_data: button.metaData ?? {} });
  return stored;
}
