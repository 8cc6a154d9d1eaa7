/** The failures of a reply that the gateway itself finds, with their messages. */

import type {
  AttachmentTooBig,
  Delivery,
  GatewayUnavailable,
  InvalidReply,
  PermissionDenied,
  ReplyFailure,
  ReplyIssue,
} from './reply-outcome.ts';

/** What a delivery means for the caller. */
export const deliveryAdvice: Record<Delivery, string> = {
  NOT_DELIVERED: 'Nothing was sent.',
  UNKNOWN: 'Whether the reply was created is unknown: check the conversation before sending it again.',
  DELIVERED: 'The reply was created: do not send it again.',
};

/** For a call that fails before it is known whether an earlier call with its key sent the reply. */
const keyAdvice =
  'An earlier call with this idempotencyKey may have created the reply; retrying with the same key is safe.';

/** For an input with these issues, which the message does not repeat: a client shows both. */
export function invalidInput(issues: readonly ReplyIssue[]): InvalidReply {
  return {
    kind: 'invalidReply',
    message: 'Nothing was sent: the input is invalid.',
    delivery: 'NOT_DELIVERED',
    issues,
  };
}

/** `opening` is the first sentence of the message; `maxBytes` is the limit of this gateway. */
export function attachmentTooBig(opening: string, maxBytes: number): AttachmentTooBig {
  return {
    kind: 'attachmentTooBig',
    message: `${opening} This gateway accepts at most ${maxBytes} bytes.`,
    delivery: 'NOT_DELIVERED',
    maxBytes,
  };
}

/** For a caller without credentials; `advice` is a sentence with what to do. */
export function notAuthenticated(hasKey: boolean, advice: string): ReplyFailure {
  const kind = 'notAuthenticated';
  // Keys belong to a caller, so this one cannot be looked up.
  if (hasKey) return { kind, message: `This call sent nothing. ${advice} ${keyAdvice}`, delivery: 'UNKNOWN' };
  return { kind, message: `Nothing was sent. ${advice}`, delivery: 'NOT_DELIVERED' };
}

export function permissionDenied(reason: string): PermissionDenied {
  return { kind: 'permissionDenied', message: `Nothing was sent. ${reason}`, delivery: 'NOT_DELIVERED' };
}

/** For a key that belongs to an earlier call with a different input, whose outcome this caller may not see. */
export function permissionDeniedWithKey(reason: string): PermissionDenied {
  return {
    kind: 'permissionDenied',
    message: `This call sent nothing. ${reason} ${keyAdvice}`,
    delivery: 'UNKNOWN',
  };
}

export function rateLimitExceeded(retryAfterSeconds: number): ReplyFailure {
  return {
    kind: 'tooManyRequests',
    message: `Nothing was sent: the rate limit of this caller is exceeded; retry in ${retryAfterSeconds} seconds.`,
    delivery: 'NOT_DELIVERED',
    retryAfterSeconds,
  };
}

/** For a reply that finds the queue full. */
export const overloaded: GatewayUnavailable = {
  kind: 'gatewayUnavailable',
  message: 'Nothing was sent: too many replies are waiting in the gateway; retry in a moment.',
  delivery: 'NOT_DELIVERED',
  reason: 'OVERLOADED',
};

/** For a key that cannot be looked up. */
export const storeUnreachable: GatewayUnavailable = {
  kind: 'gatewayUnavailable',
  message: `This call sent nothing: the store of idempotency keys is unreachable. ${keyAdvice}`,
  delivery: 'UNKNOWN',
  reason: 'STORE_UNREACHABLE',
};

/** For an unexpected error, which the log contains under the id of the request. */
export function internalError(
  requestId: string,
  delivery: Exclude<Delivery, 'DELIVERED'>,
): GatewayUnavailable {
  return {
    kind: 'gatewayUnavailable',
    message: `Internal error of the gateway (request ${requestId}). ${deliveryAdvice[delivery]}`,
    delivery,
    reason: 'INTERNAL_ERROR',
  };
}

export const idempotencyConflict: ReplyFailure = {
  kind: 'idempotencyConflict',
  message:
    'This call sent nothing: its idempotencyKey belongs to an earlier call with a different input, which may have created its reply. ' +
    'Retrying with the same key is safe; a different reply needs a new key.',
  delivery: 'UNKNOWN',
};

/**
 * For a call that outlived its claim on the key. It created nothing, but other calls with the key were told that its outcome is unknown, and
 * may have claimed the key: `NOT_DELIVERED` would be a statement about their replies as well.
 */
export const claimExpired: ReplyFailure = {
  kind: 'dashlyUnavailable',
  message:
    'The gateway was suspended for longer than it reserves an idempotencyKey for one call. This call created no reply, but another call with ' +
    'the key may have; retrying with the same key is safe.',
  delivery: 'UNKNOWN',
  reason: 'TIMEOUT',
};

/** For a key whose first call has no known outcome. */
export function outcomeLost(delivery: 'UNKNOWN' | 'DELIVERED'): ReplyFailure {
  const message =
    delivery === 'DELIVERED'
      ? 'The first call with this idempotencyKey created the reply; its response is no longer stored.'
      : 'The outcome of the first call with this idempotencyKey is unknown: check the conversation before sending the reply again.';
  return { kind: 'dashlyUnavailable', message, delivery, reason: 'TIMEOUT' };
}
