/** What a customer gets of a part: whether it shows, and the buttons that can be pressed. */
import type { ConversationPart } from './api/conversation-part.ts';
import { isJsonObject } from './exact-json.ts';

/** Whether the part shows in the customer's chat. A kind that nobody knows yet does, as a message. */
export function isForCustomer({ type, removed }: ConversationPart): boolean {
  return removed === null && type !== 'note' && type !== 'assigned';
}

/** One button under a message. */
export interface QuickReply {
  /** Its place in the part's `actions`. */
  index: number;
  body: string;
  /** As it was sent, numbers with all digits; null where there is none. */
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
