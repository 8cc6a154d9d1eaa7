/** What a resolver can use: the reply to a conversation on behalf of the caller, and what it needs to know of the request. */

import type { FailInternally, ReplyCommand, ReplyReport } from '../conversation/reply-to-conversation.ts';

export interface GraphQLContext {
  /** Sends a reply on behalf of the caller. */
  readonly replyToConversation: (command: ReplyCommand) => Promise<ReplyReport>;
  /** Resolves when a request that carries files is here to its end; null for any other request. */
  readonly wholeRequest: Promise<void> | null;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  /** Takes what became of each reply, with the name of its type in the answer. */
  readonly report: (typeName: string, report: ReplyReport) => void;
  /** Logs an error that was not foreseen, and returns the failure of the reply that met it. */
  readonly failInternally: FailInternally;
  /** What the gateway was configured with. */
  readonly limits: { readonly attachmentMaxBytes: number };
}
