/** The context of the resolvers. */

import type { FailInternally, ReplyCommand, ReplyReport } from '../conversation/reply-to-conversation.ts';

export interface GraphQLContext {
  /** Sends a reply on behalf of the caller. */
  readonly replyToConversation: (command: ReplyCommand) => Promise<ReplyReport>;
  /** Resolves when a multipart request is received completely; null for other requests. */
  readonly wholeRequest: Promise<void> | null;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
  /** Reports the outcome of each reply, with its `__typename` in the response. */
  readonly report: (typeName: string, report: ReplyReport) => void;
  /** Logs an unexpected error and returns a failure for the reply. */
  readonly failInternally: FailInternally;
  /** Limits from the configuration. */
  readonly limits: { readonly attachmentMaxBytes: number };
}
