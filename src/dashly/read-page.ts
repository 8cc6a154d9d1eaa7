/** Encodes the query for a page of parts, and decodes the response: the page, or why there is none. */

import type { Caller } from '../conversation/callers/caller.ts';
import type {
  PartsPage,
  ReadFailure,
  ReadFailureCode,
  ReadPartsRequest,
} from '../conversation/reading/read-parts.ts';
import type { AnswerMatch } from '../conversation/sending/send-reply.ts';
import { describeMissingPermission, describeRejectedToken, type FailedCall } from './caller.ts';
import { parseHttpDate } from './connections/back-off.ts';
import { decodeParts } from './decode-part.ts';
import type { DecodedResponse } from './decode-response.ts';
import { includeNames } from './encode-reply.ts';
import { encodeUrlencoded, type FormFields } from './encode-urlencoded.ts';
import { type AnswerSource, nullable, readConversation, readFields, readId, readList } from './read-value.ts';
import {
  codeOf,
  type DashlyException,
  describeTooManyRequests,
  type ExceptionName,
  type Rejection,
  type RestFailure,
} from './rest-failure.ts';

type PageQuery = Pick<ReadPartsRequest<Caller>, 'position' | 'direction' | 'count' | 'optionalFields'>;

/** Without a question mark. */
export function encodePageQuery({ position, direction, count, optionalFields }: PageQuery): string {
  const fields: FormFields = [
    ['id_as_string', 'true'],
    ['include_random_id', 'true'],
    ...[...optionalFields].map((field) => [includeNames[field], 'true'] as const),
    ['paginate_count', String(count)],
    ['paginate_direction', direction],
    ...(position === null ? [] : [['paginate_position', JSON.stringify([position])] as const]),
  ];
  return encodeUrlencoded(fields);
}

/** Whether the page may be the one that was asked for: every part must belong to the conversation. */
export function matchPage(data: unknown, conversationId: string): AnswerMatch {
  const conversations = (readList(data) ?? []).map((part) =>
    readConversation(readFields(part)?.['conversation']),
  );
  return conversations.every((id) => id === null || id === conversationId) ? 'NOT_ECHOED' : 'STRAY';
}

/** `date` is the header of the response. */
export function decodePage(
  { data, meta }: Extract<DecodedResponse, { failure?: never }>,
  date: string | null,
  source: AnswerSource,
): PartsPage | ReadFailure {
  const parts = decodeParts(data, source);
  if (!parts) return unusable;
  return {
    kind: 'page',
    parts,
    nextBefore: nullable(readPosition, meta?.['next_before_position'], 'nextPosition', source),
    nextAfter: nullable(readPosition, meta?.['next_after_position'], 'nextPosition', source),
    date: parseHttpDate(date),
  };
}

/** A list with the id of a part. */
function readPosition(value: unknown): string | null {
  return readId(readList(value)?.[0]);
}

/** For a page that is not as documented, or that belongs to another conversation. */
export const unusable: ReadFailure = fail(
  'UNAVAILABLE',
  "The conversation cannot be read: Dashly's response is not what its API documents.",
);

/** Why a page could not be read. Reading changes nothing, so a status needs no proof. */
export function toReadFailure(failure: RestFailure, call: FailedCall): ReadFailure {
  switch (failure.kind) {
    case 'exception':
      return failures[failure.name](failure, call);
    case 'rejection':
      return rejected(failure, call);
    case 'unavailable':
      return unavailable[failure.reason];
    case 'overloaded':
      return fail(
        'UNAVAILABLE',
        'Nothing was read: too many reads are waiting in the gateway; retry in a moment.',
      );
  }
}

const unavailable = {
  UNREACHABLE: fail('UNAVAILABLE', 'The conversation cannot be read: the connection to Dashly failed.'),
  TIMEOUT: fail('UNAVAILABLE', 'The conversation cannot be read: Dashly did not respond in time.'),
  SERVER_ERROR: fail('UNAVAILABLE', 'The conversation cannot be read: Dashly failed.'),
  BAD_RESPONSE: unusable,
} as const;

const invalid = fail('UNAVAILABLE', 'Dashly rejected the read as invalid.');

/** The failure for each exception. */
const failures = {
  ReplyTooBig: () => invalid,
  ValidationError: () => invalid,
  BadRequest: () => invalid,
  LookupError: () => fail('NOT_FOUND', 'Dashly has no such conversation.'),
  NotAuthenticated: (_, call) => notAuthenticated(call),
  PermissionDeniedError: (_, call) => permissionDenied(call),
  TooManyRequests: ({ retryAfterSeconds }) => tooManyRequests(retryAfterSeconds),
  Error404: () => rejectedAs('Error404', 404),
  MethodNotAllowed: () => rejectedAs('MethodNotAllowed', 405),
  Error500: () => unavailable.SERVER_ERROR,
} satisfies Record<ExceptionName, (exception: DashlyException, call: FailedCall) => ReadFailure>;

function rejected(rejection: Rejection, call: FailedCall): ReadFailure {
  const { status } = rejection;
  if (status === 401) return notAuthenticated(call);
  if (status === 403) return permissionDenied(call);
  if (status === 429) return tooManyRequests(null);
  return rejectedAs(codeOf(rejection), status);
}

function rejectedAs(code: string, status: number): ReadFailure {
  return fail('UNAVAILABLE', `Dashly rejected the read: ${code} (HTTP status ${status}).`);
}

function notAuthenticated(call: FailedCall): ReadFailure {
  return fail('NOT_AUTHENTICATED', describeRejectedToken(call));
}

function permissionDenied(call: FailedCall): ReadFailure {
  return fail('PERMISSION_DENIED', describeMissingPermission(call, 'read'));
}

function tooManyRequests(retryAfterSeconds: number | null): ReadFailure {
  const message = describeTooManyRequests(retryAfterSeconds);
  return { kind: 'failure', code: 'TOO_MANY_REQUESTS', message, retryAfterSeconds };
}

function fail(code: ReadFailureCode, message: string): ReadFailure {
  return { kind: 'failure', code, message, retryAfterSeconds: null };
}
