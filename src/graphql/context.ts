/** The context of the resolvers. */

import type { ConversationPage, ReadCommand } from '../conversation/reading/read-conversation.ts';
import type { ReadFailure } from '../conversation/reading/read-parts.ts';
import type { FailInternally, ReplyCommand, ReplyReport } from '../conversation/sending/reply-command.ts';

export interface GraphQLContext {
  /** Sends a reply on behalf of the caller. */
  readonly replyToConversation: (command: ReplyCommand) => Promise<ReplyReport>;
  /** Reads parts of a conversation on behalf of the caller. */
  readonly readConversation: (command: ReadCommand) => Promise<ConversationPage | ReadFailure>;
  /** Counts memory that the response needs until it is sent; false if it exceeds a limit of the caller or of the process. */
  readonly reserveMemory: (bytes: number) => boolean;
  /** Resolves when a multipart request is received completely; null for other requests. */
  readonly wholeRequest: Promise<void> | null;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
  /** Reports the outcome of each reply, with its `__typename` in the response. */
  readonly report: (typeName: string, report: ReplyReport) => void;
  /** Logs an unexpected error and returns a failure for the reply. */
  readonly failInternally: FailInternally;
  /** Limits from the configuration. */
  readonly limits: { readonly attachmentMaxBytes: number; readonly readTimeoutMs: number };
}
