/** What a resolver can reach: who calls, and how a reply is sent. */

import type { ReplyToConversation } from '../conversation/reply-to-conversation.ts';

export interface GraphQLContext {
  /** The caller's credentials for Dashly (`Token …` or `Bearer …`), or null where there are none. */
  readonly authorization: string | null;
  readonly replyToConversation: ReplyToConversation;
  /** Resolves when a request that carries files is here to its end; null for any other request. */
  readonly wholeRequest: Promise<void> | null;
  /** What the gateway was configured with. */
  readonly limits: { readonly attachmentMaxBytes: number };
}
