/** What is told of each reply to those who watch over the gateway: nothing that a customer or a caller wrote. */

import type { ReplyOutcome } from './reply-outcome.ts';
import type { UpstreamCall } from './send-reply.ts';

export interface ReplyReport {
  readonly outcome: ReplyOutcome;
  /** Whether this is the answer to an earlier call with the same key. */
  readonly isReplay: boolean;
  /** Null where this call sent nothing. */
  readonly upstreamCall: UpstreamCall | null;
}
