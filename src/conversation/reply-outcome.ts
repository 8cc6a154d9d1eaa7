/** The outcome of a reply: it was sent, or it failed in one of the known ways. */

import type { AssignPart, ConversationPart } from './part.ts';

/**
 * Whether the reply exists in the conversation, which a caller must know before it sends again. `NOT_DELIVERED` needs proof: nothing of the
 * request was written, or a whole rejection was read. So does `DELIVERED`: an envelope of success was read that does not belong to
 * another request. Else it is `UNKNOWN`.
 */
export const deliveries = ['NOT_DELIVERED', 'UNKNOWN', 'DELIVERED'] as const;
export type Delivery = (typeof deliveries)[number];

/** Why there was no usable response from Dashly. */
export const unavailableReasons = ['UNREACHABLE', 'TIMEOUT', 'SERVER_ERROR', 'BAD_RESPONSE'] as const;
export type UnavailableReason = (typeof unavailableReasons)[number];

/** Why the gateway itself could not handle a reply. */
export const gatewayUnavailableReasons = ['OVERLOADED', 'STORE_UNREACHABLE', 'INTERNAL_ERROR'] as const;
export type GatewayUnavailableReason = (typeof gatewayUnavailableReasons)[number];

/** One error in the input; `path` is relative to the input, `[]` is the whole input. */
export interface ReplyIssue {
  readonly path: readonly string[];
  readonly message: string;
}

export interface SentReply {
  readonly kind: 'sent';
  readonly part: ConversationPart;
  /** Null if nothing was assigned. */
  readonly assignPart: AssignPart | null;
  /** Whether this is the outcome of an earlier call with the same key. */
  readonly replayed: boolean;
  /** Whether Dashly's response was lost or unusable, and the part was found in the conversation. */
  readonly recovered: boolean;
}

interface Failure<Kind extends string> {
  readonly kind: Kind;
  /** For people to read; never text from Dashly. */
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

/** Includes replies that were sent, which have no `delivery` of their own. */
export function deliveryOf(outcome: ReplyOutcome): Delivery {
  return outcome.kind === 'sent' ? 'DELIVERED' : outcome.delivery;
}

/** Who can do something about each kind of failure. */
const responsible: Readonly<Record<ReplyFailure['kind'], 'caller' | 'dashly' | 'gateway'>> = {
  replyTooBig: 'caller',
  invalidReply: 'caller',
  replyTargetNotFound: 'caller',
  notAuthenticated: 'caller',
  permissionDenied: 'caller',
  tooManyRequests: 'caller',
  attachmentTooBig: 'caller',
  dashlyRejected: 'caller',
  dashlyUnavailable: 'dashly',
  idempotencyConflict: 'caller',
  gatewayUnavailable: 'gateway',
};

/** Null if the reply was sent. */
export function responsibleFor(outcome: ReplyOutcome): 'caller' | 'dashly' | 'gateway' | null {
  return outcome.kind === 'sent' ? null : responsible[outcome.kind];
}
