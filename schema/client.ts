/** What every client needs: the cases of a result, retries, and the types of the schema for caches. */

export { type LaterMember, matchReply, type ReplyCases } from './match-reply.ts';
export { mayRetry } from './may-retry.ts';
export type {
  Delivery,
  PartType,
  Reply,
  ReplyActionInput,
  ReplySenderInput,
  ReplyToConversationInput,
  ReplyType,
} from './operations.ts';
export { possibleTypes } from './possible-types.ts';
