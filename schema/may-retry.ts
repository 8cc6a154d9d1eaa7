/** Whether a reply may be sent again after its result. */

/** A result of `replyToConversation`; of failures the document must select `delivery`. */
interface Result {
  readonly __typename: string;
  readonly delivery?: string;
}

/**
 * True if sending the reply again cannot create it twice: it was not delivered, or (with `sameKey`) it is unknown whether it was
 * delivered, and the next call has the same `idempotencyKey`. Some failures stay the same until the input is corrected.
 *
 * @param options.sameKey - Whether the next call has the `idempotencyKey` of this one.
 */
export function mayRetry({ __typename, delivery }: Result, { sameKey = false } = {}): boolean {
  if (delivery === 'NOT_DELIVERED') return true;
  // In a conflict the key belongs to another reply.
  return sameKey && delivery === 'UNKNOWN' && __typename !== 'IdempotencyConflictError';
}
