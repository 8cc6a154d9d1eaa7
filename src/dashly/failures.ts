/** The failures of a reply that Dashly reports, with their messages. */

import { attachmentTooBig, deliveryAdvice } from '../conversation/reply-failures.ts';
import { characterCount } from '../conversation/reply-limits.ts';
import type {
  DashlyUnavailable,
  Delivery,
  ReplyFailure,
  TooManyRequests,
  UnavailableReason,
} from '../conversation/reply-outcome.ts';
import { type Interruption, isRejection, isSuccess } from './connections/response.ts';
import type { FormFields } from './encode-urlencoded.ts';
import { issuesFromErrorFields } from './error-fields.ts';

/** What a failure depends on, besides its name. */
export interface Rejection {
  /** The form that Dashly rejects. */
  readonly form: FormFields;
  /** The limit of the gateway for a file; null if none was sent. */
  readonly attachmentMaxBytes: number | null;
  /** `meta.error_fields` of the envelope. */
  readonly errorFields: unknown;
  /** Null if Dashly did not say how long to wait. */
  readonly retryAfterSeconds: number | null;
}

/** The failure for each exception that Dashly documents, by the name in `meta.error`. */
const failuresByName = new Map<string, (rejection: Rejection) => ReplyFailure>([
  ['ReplyTooBig', ({ form }) => replyTooBig(form)],
  ['ValidationError', ({ errorFields }) => invalid(errorFields)],
  ['BadRequest', ({ errorFields }) => invalid(errorFields)],
  [
    'LookupError',
    () => undelivered('replyTargetNotFound', 'Dashly has no such conversation, admin or user.'),
  ],
  [
    'NotAuthenticated',
    () => undelivered('notAuthenticated', 'Dashly rejected the token: it is invalid or expired.'),
  ],
  [
    'PermissionDeniedError',
    () => undelivered('permissionDenied', 'The owner of the token may not reply in this conversation.'),
  ],
  ['TooManyRequests', ({ retryAfterSeconds }) => tooManyRequests(retryAfterSeconds)],
  ['Error404', () => dashlyRejected(404, 'Error404')],
  ['MethodNotAllowed', () => dashlyRejected(405, 'MethodNotAllowed')],
  ['Error500', () => unavailable('SERVER_ERROR', 'UNKNOWN')],
]);

/** The names that are documented. */
export const exceptionNames: readonly string[] = [...failuresByName.keys()];

/** Null for a name that is not documented. */
export function failureByName(name: string, rejection: Rejection): ReplyFailure | null {
  return failuresByName.get(name)?.(rejection) ?? null;
}

/** For a rejection without a documented name; `code` is its name if the caller may see it, else null. */
export function failureByStatus(status: number, code: string | null, rejection: Rejection): ReplyFailure {
  const { form, attachmentMaxBytes } = rejection;
  if (status !== 413 || code) return dashlyRejected(status, code ?? `HTTP_${status}`);
  if (attachmentMaxBytes === null) return replyTooBig(form);
  return attachmentTooBig(
    'Dashly, or a proxy in front of it, rejected the attachment as too large.',
    attachmentMaxBytes,
  );
}

/** `seconds` is null if it is unknown how long to wait. */
export function tooManyRequests(seconds: number | null): TooManyRequests {
  const advice = seconds === null ? 'retry later' : `retry in ${seconds} seconds`;
  return {
    kind: 'tooManyRequests',
    message: `The rate limit of Dashly is exceeded; ${advice}.`,
    delivery: 'NOT_DELIVERED',
    retryAfterSeconds: seconds,
  };
}

const causes: Record<UnavailableReason, string> = {
  UNREACHABLE: 'The connection to Dashly failed.',
  TIMEOUT: 'Dashly did not respond in time.',
  SERVER_ERROR: 'Dashly failed.',
  BAD_RESPONSE: 'The response of Dashly is not what its API documents.',
};

export function unavailable(reason: UnavailableReason, delivery: Delivery): DashlyUnavailable {
  return {
    kind: 'dashlyUnavailable',
    message: `${causes[reason]} ${deliveryAdvice[delivery]}`,
    delivery,
    reason,
  };
}

/** For a status that is neither success nor rejection. */
export function unavailableByStatus(status: number): DashlyUnavailable {
  // A proxy that gives up sends 408 or 504; Dashly may have received the request.
  const isFailure = status === 408 || (status >= 500 && status <= 599);
  return unavailable(isFailure ? 'SERVER_ERROR' : 'BAD_RESPONSE', 'UNKNOWN');
}

/** For a call without a complete response. A status alone proves nothing: the one that counts is in the envelope. */
export function unavailableAfter({ cause, requestBegan, status }: Interruption): DashlyUnavailable {
  const delivery = requestBegan ? 'UNKNOWN' : 'NOT_DELIVERED';
  if (status !== null && !isSuccess(status) && !isRejection(status)) return unavailableByStatus(status);
  if (cause === 'timeout') return unavailable('TIMEOUT', delivery);
  const isResponse = status !== null || (requestBegan && cause === 'protocol');
  return unavailable(isResponse ? 'BAD_RESPONSE' : 'UNREACHABLE', delivery);
}

function undelivered(
  kind: 'replyTargetNotFound' | 'notAuthenticated' | 'permissionDenied',
  message: string,
): ReplyFailure {
  return { kind, message, delivery: 'NOT_DELIVERED' };
}

function invalid(errorFields: unknown): ReplyFailure {
  return {
    kind: 'invalidReply',
    message: 'Dashly rejected the reply as invalid.',
    delivery: 'NOT_DELIVERED',
    issues: issuesFromErrorFields(errorFields),
  };
}

function replyTooBig(form: FormFields): ReplyFailure {
  const body = form.find(([name]) => name === 'body')?.[1] ?? '';
  const bodyLength = characterCount(body);
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
