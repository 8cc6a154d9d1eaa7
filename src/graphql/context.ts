/** What a resolver can reach: who calls, and how a reply is sent. */

import type { Caller } from '../conversation/caller.ts';
import type { ReplyReport } from '../conversation/reply-report.ts';
import type { FailInternally, ReplyToConversation } from '../conversation/reply-to-conversation.ts';
import type { Presence } from '../conversation/request-aborted.ts';

export interface GraphQLContext {
  /** Null where there are no credentials for Dashly. */
  readonly caller: Caller | null;
  readonly replyToConversation: ReplyToConversation;
  /** Resolves when a request that carries files is here to its end; null for any other request. */
  readonly wholeRequest: Promise<void> | null;
  /** Whether the caller still waits for the answer. */
  readonly presence: Presence;
  /** Takes what became of each reply, with the name of its type in the answer. */
  readonly report: (typeName: string, report: ReplyReport) => void;
  /** Logs an error that was not foreseen, and returns the failure of the reply that met it. */
  readonly failInternally: FailInternally;
  /** What the gateway was configured with. */
  readonly limits: { readonly attachmentMaxBytes: number };
}
