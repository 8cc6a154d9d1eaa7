/** Why a call of the REST API has no data. Each call converts this into failures of its own. */

import type { Delivery, UnavailableReason } from '../conversation/reply-outcome.ts';
import { type Interruption, isRejection, isSuccess } from './connections/response.ts';

/** The exceptions that Dashly documents, by the name in `meta.error`. */
export const exceptionNames = [
  'ReplyTooBig',
  'ValidationError',
  'BadRequest',
  'LookupError',
  'NotAuthenticated',
  'PermissionDeniedError',
  'TooManyRequests',
  'Error404',
  'MethodNotAllowed',
  'Error500',
] as const;
export type ExceptionName = (typeof exceptionNames)[number];

export interface DashlyException {
  readonly kind: 'exception';
  readonly name: ExceptionName;
  /** `meta.error_fields` of the envelope. */
  readonly errorFields: unknown;
  /** Null if Dashly did not say how long to wait. */
  readonly retryAfterSeconds: number | null;
}

/** A rejection without a documented name. */
export interface Rejection {
  readonly kind: 'rejection';
  readonly status: number;
  /** Its name if the caller may see it, else null. */
  readonly code: string | null;
}

/** There is no usable response. */
export interface Unavailable {
  readonly kind: 'unavailable';
  readonly reason: UnavailableReason;
  /** Whether Dashly carried out the call. */
  readonly delivery: Delivery;
}

export type RestFailure =
  | DashlyException
  | Rejection
  | Unavailable
  /** Too many calls wait in the gateway; Dashly was not called. */
  | { readonly kind: 'overloaded' };

export function isDocumented(name: string): name is ExceptionName {
  return (exceptionNames as readonly string[]).includes(name);
}

/** The name of a rejection, for people to read. */
export function codeOf({ status, code }: Rejection): string {
  return code ?? `HTTP_${status}`;
}

export function describeTooManyRequests(retryAfterSeconds: number | null): string {
  const advice = retryAfterSeconds === null ? 'retry later' : `retry in ${retryAfterSeconds} seconds`;
  return `The rate limit of Dashly is exceeded; ${advice}.`;
}

export function unavailable(reason: UnavailableReason, delivery: Delivery): Unavailable {
  return { kind: 'unavailable', reason, delivery };
}

/** For a status that is neither success nor rejection. */
export function unavailableByStatus(status: number): Unavailable {
  // A proxy that gives up sends 408 or 504; Dashly may have received the request.
  const isFailure = status === 408 || (status >= 500 && status <= 599);
  return unavailable(isFailure ? 'SERVER_ERROR' : 'BAD_RESPONSE', 'UNKNOWN');
}

/** For a call without a complete response. A status alone proves nothing: the one that counts is in the envelope. */
export function unavailableAfter({ cause, requestBegan, status }: Interruption): Unavailable {
  const delivery = requestBegan ? 'UNKNOWN' : 'NOT_DELIVERED';
  if (status !== null && !isSuccess(status) && !isRejection(status)) return unavailableByStatus(status);
  if (cause === 'timeout') return unavailable('TIMEOUT', delivery);
  const isResponse = status !== null || (requestBegan && cause === 'protocol');
  return unavailable(isResponse ? 'BAD_RESPONSE' : 'UNREACHABLE', delivery);
}
