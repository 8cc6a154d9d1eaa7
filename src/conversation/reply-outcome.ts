/** What can become of a reply: it was sent, or one of the known ways to fail stopped it. */

import type { AssignPart, ConversationPart } from './part.ts';

/**
 * Whether the reply exists in the conversation: what a caller must know before it sends again. Each is said with proof only: `NOT_DELIVERED` if nothing
 * of the request was written, or Dashly's refusal was read to its end; `DELIVERED` if an envelope of success was read; else `UNKNOWN`.
 */
export const deliveries = ['NOT_DELIVERED', 'UNKNOWN', 'DELIVERED'] as const;
export type Delivery = (typeof deliveries)[number];

/** Why no usable answer came. */
export const unavailableReasons = ['UNREACHABLE', 'TIMEOUT', 'SERVER_ERROR', 'BAD_RESPONSE'] as const;
export type UnavailableReason = (typeof unavailableReasons)[number];

/** Why the gateway itself could not handle a reply. */
export const gatewayUnavailableReasons = ['OVERLOADED', 'STORE_UNREACHABLE', 'INTERNAL_ERROR'] as const;
export type GatewayUnavailableReason = (typeof gatewayUnavailableReasons)[number];

/** One fault in what the caller asked for; `path` leads to it from the input, `[]` being the input as a whole. */
export interface ReplyIssue {
  readonly path: readonly string[];
  readonly message: string;
}

export interface SentReply {
  readonly kind: 'sent';
  readonly part: ConversationPart;
  /** Null where nothing was assigned. */
  readonly assignPart: AssignPart | null;
  /** Whether this is the answer to an earlier call with the same key. */
  readonly replayed: boolean;
}

interface Failure<Kind extends string> {
  readonly kind: Kind;
  /** One sentence for the person who reads it; never the upstream's own words. */
  readonly message: string;
  readonly delivery: Delivery;
}

export interface ReplyTooBig extends Failure<'replyTooBig'> {
  /** In characters. */
  readonly bodyLength: number;
}
export interface InvalidReply extends Failure<'invalidReply'> {
  readonly issues: readonly ReplyIssue[];
}
export interface TooManyRequests extends Failure<'tooManyRequests'> {
  readonly retryAfterSeconds: number | null;
}
export interface AttachmentTooBig extends Failure<'attachmentTooBig'> {
  readonly maxBytes: number;
}
export interface DashlyRejected extends Failure<'dashlyRejected'> {
  readonly status: number;
  readonly code: string;
}
export interface DashlyUnavailable extends Failure<'dashlyUnavailable'> {
  readonly reason: UnavailableReason;
}

export interface GatewayUnavailable extends Failure<'gatewayUnavailable'> {
  readonly reason: GatewayUnavailableReason;
}

export type ReplyTargetNotFound = Failure<'replyTargetNotFound'>;
export type NotAuthenticated = Failure<'notAuthenticated'>;
export type PermissionDenied = Failure<'permissionDenied'>;
export type IdempotencyConflict = Failure<'idempotencyConflict'>;

export type ReplyFailure =
  | ReplyTooBig
  | InvalidReply
  | ReplyTargetNotFound
  | NotAuthenticated
  | PermissionDenied
  | TooManyRequests
  | AttachmentTooBig
  | DashlyRejected
  | DashlyUnavailable
  | IdempotencyConflict
  | GatewayUnavailable;

export type ReplyOutcome = SentReply | ReplyFailure;

/** The failure for a reply that breaks a rule; `opening` says who found the faults that the message then lists. */
export function invalidReply(opening: string, issues: readonly ReplyIssue[]): InvalidReply {
  const faults = issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  return {
    kind: 'invalidReply',
    message: [opening, ...faults].join(' '),
    delivery: 'NOT_DELIVERED',
    issues,
  };
}

/** The failure for a file beyond a limit; `opening` says whose limit it is, `maxBytes` what this gateway takes. */
export function attachmentTooBig(opening: string, maxBytes: number): AttachmentTooBig {
  return {
    kind: 'attachmentTooBig',
    message: `${opening} This gateway takes at most ${maxBytes} bytes.`,
    delivery: 'NOT_DELIVERED',
    maxBytes,
  };
}

/** The failure for a reply that found too many others waiting. */
export function overloaded(): GatewayUnavailable {
  return {
    kind: 'gatewayUnavailable',
    message: 'The gateway has too many replies waiting; nothing was sent. Send it again in a moment.',
    delivery: 'NOT_DELIVERED',
    reason: 'OVERLOADED',
  };
}

/** The failure for a reply whose key cannot be looked up. */
export function storeUnreachable(): GatewayUnavailable {
  return {
    kind: 'gatewayUnavailable',
    message: `This call sent nothing: the store of idempotency keys cannot be reached. ${keyAdvice}`,
    delivery: 'UNKNOWN',
    reason: 'STORE_UNREACHABLE',
  };
}

/** The failure for a reply that met an error that was not foreseen; the log has the error under the id of the request. */
export function internalError(
  requestId: string,
  delivery: Exclude<Delivery, 'DELIVERED'>,
): GatewayUnavailable {
  const consequence =
    delivery === 'NOT_DELIVERED'
      ? 'Nothing was sent.'
      : 'Whether the reply was created is not known: look into the conversation before sending it again.';
  return {
    kind: 'gatewayUnavailable',
    message: `The gateway failed (request ${requestId}). ${consequence}`,
    delivery,
    reason: 'INTERNAL_ERROR',
  };
}

/** What to tell a caller who is refused before it is known whether an earlier call with its key sent the reply. */
export const keyAdvice =
  'An earlier call with this idempotencyKey may have created the reply; asking again with the same key is safe.';
