/** What became of a reply, and how: for the answer, and for those who watch over the gateway, who tell only of kinds and figures. */

import type { ReplyOutcome } from './reply-outcome.ts';
import type { UpstreamCall } from './send-reply.ts';

export interface ReplyReport {
  readonly outcome: ReplyOutcome;
  /** Whether this is the answer to an earlier call with the same key. */
  readonly isReplay: boolean;
  /** Null where this call sent nothing. */
  readonly upstreamCall: UpstreamCall | null;
}
