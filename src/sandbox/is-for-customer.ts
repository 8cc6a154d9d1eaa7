/** Tells what a customer gets to see of a conversation from what is among agents. */
import type { ConversationPart } from './conversation-part.ts';

/** Whether the part shows in the customer's chat. A kind that nobody knows yet does, as a message. */
export function isForCustomer({ type, removed }: ConversationPart): boolean {
  return removed === null && type !== 'note' && type !== 'assigned';
}
