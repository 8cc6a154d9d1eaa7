/** The failures of a reply that Dashly reports, with their messages. */

import { attachmentTooBig, deliveryAdvice, overloaded } from '../conversation/reply-failures.ts';
import { characterCount } from '../conversation/reply-limits.ts';
import type {
  DashlyUnavailable,
  Delivery,
  ReplyFailure,
  UnavailableReason,
} from '../conversation/reply-outcome.ts';
import { describeMissingPermission, describeRejectedToken, type FailedCall } from './caller.ts';
import { issuesFromErrorFields } from './error-fields.ts';
import {
  codeOf,
  type DashlyException,
  describeTooManyRequests,
  type ExceptionName,
  type Rejection,
  type RestFailure,
} from './rest-failure.ts';

export interface FailedReply extends FailedCall {
  /** Null if the reply has no text. */
  readonly body: string | null;
  /** The limit of the gateway for a file; null if none was sent. */
  readonly attachmentMaxBytes: number | null;
}

/** The failure for each exception. */
const failures = {
  ReplyTooBig: (_, { body }) => replyTooBig(body),
  ValidationError: invalid,
  BadRequest: invalid,
  LookupError: () => undelivered('replyTargetNotFound', 'Dashly has no such conversation, admin or user.'),
  NotAuthenticated: (_, reply) => undelivered('notAuthenticated', describeRejectedToken(reply)),
  PermissionDeniedError: (_, reply) =>
    undelivered('permissionDenied', describeMissingPermission(reply, 'reply in')),
  TooManyRequests: tooManyRequests,
  Error404: () => dashlyRejected(404, 'Error404'),
  MethodNotAllowed: () => dashlyRejected(405, 'MethodNotAllowed'),
  Error500: () => unavailableFailure('SERVER_ERROR', 'UNKNOWN'),
} satisfies Record<ExceptionName, (exception: DashlyException, reply: FailedReply) => ReplyFailure>;

export function toReplyFailure(failure: RestFailure, reply: FailedReply): ReplyFailure {
  switch (failure.kind) {
    case 'exception':
      return failures[failure.name](failure, reply);
    case 'rejection':
      return rejected(failure, reply);
    case 'unavailable':
      return unavailableFailure(failure.reason, failure.delivery);
    case 'overloaded':
      return overloaded;
  }
}

function rejected(rejection: Rejection, { body, attachmentMaxBytes }: FailedReply): ReplyFailure {
  const { status, code } = rejection;
  if (status !== 413 || code) return dashlyRejected(status, codeOf(rejection));
  if (attachmentMaxBytes === null) return replyTooBig(body);
  return attachmentTooBig(
    'Dashly, or a proxy in front of it, rejected the attachment as too large.',
    attachmentMaxBytes,
  );
}

function tooManyRequests({ retryAfterSeconds }: DashlyException): ReplyFailure {
  return {
    kind: 'tooManyRequests',
    message: describeTooManyRequests(retryAfterSeconds),
    delivery: 'NOT_DELIVERED',
    retryAfterSeconds,
  };
}

const causes: Record<UnavailableReason, string> = {
  UNREACHABLE: 'The connection to Dashly failed.',
  TIMEOUT: 'Dashly did not respond in time.',
  SERVER_ERROR: 'Dashly failed.',
  BAD_RESPONSE: "Dashly's response is not what its API documents.",
};

export function unavailableFailure(reason: UnavailableReason, delivery: Delivery): DashlyUnavailable {
  return {
    kind: 'dashlyUnavailable',
    message: `${causes[reason]} ${deliveryAdvice[delivery]}`,
    delivery,
    reason,
  };
}

function undelivered(
  kind: 'replyTargetNotFound' | 'notAuthenticated' | 'permissionDenied',
  message: string,
): ReplyFailure {
  return { kind, message, delivery: 'NOT_DELIVERED' };
}

function invalid({ errorFields }: DashlyException): ReplyFailure {
  return {
    kind: 'invalidReply',
    message: 'Dashly rejected the reply as invalid.',
    delivery: 'NOT_DELIVERED',
    issues: issuesFromErrorFields(errorFields),
  };
}

function replyTooBig(body: string | null): ReplyFailure {
  const bodyLength = characterCount(body ?? '');
  return {
    kind: 'replyTooBig',
    message: `The body is too long for Dashly: it has ${bodyLength} characters.`,
    delivery: 'NOT_DELIVERED',
    bodyLength,
  };
}

function dashlyRejected(status: number, code: string): ReplyFailure {
  return {
    kind: 'dashlyRejected',
    message: `Dashly rejected the reply: ${code} (HTTP status ${status}).`,
    delivery: 'NOT_DELIVERED',
    status,
    code,
  };
}
