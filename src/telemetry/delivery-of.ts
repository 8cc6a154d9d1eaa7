/** Whether a reply exists, as far as it is known: of one that was sent as well. */

import type { Delivery, ReplyOutcome } from '../conversation/reply-outcome.ts';

export function deliveryOf(outcome: ReplyOutcome): Delivery {
  return outcome.kind === 'sent' ? 'DELIVERED' : outcome.delivery;
}
