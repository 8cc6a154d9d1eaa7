/** Turns Dashly's answer, whatever it is, into what became of the reply. */

import { parseExactJson } from '../conversation/exact-json.ts';
import type { ReplyDraft } from '../conversation/reply.ts';
import { characterCount } from '../conversation/reply-limits.ts';
import {
  attachmentTooBig,
  invalidReply,
  type ReplyFailure,
  type ReplyOutcome,
} from '../conversation/reply-outcome.ts';
import { decodeReply } from './decode-part.ts';
import { issuesFromErrorFields } from './error-fields.ts';
import type { Answer } from './exchange.ts';
import { type Fields, readFields } from './read-value.ts';
import { parseRetryAfter } from './retry-after.ts';
import { tooManyRequests } from './too-many-requests.ts';
import { unavailable } from './unavailable.ts';

/** What the answer is an answer to. */
export interface SentRequest {
  readonly draft: ReplyDraft;
  /** What must not come back in the disguise of a name. */
  readonly authorization: string;
  /** The gateway's own limit, in bytes, where a file went along; else null. */
  readonly attachmentMaxBytes: number | null;
}

/** The name that Dashly gave its refusal decides, where it is a known one; else the status does. */
export function decodeAnswer(answer: Answer, sent: SentRequest): ReplyOutcome {
  const envelope = parseEnvelope(answer.text);
  const meta = readFields(envelope?.['meta']);
  const error = meta?.['error'];
  const name = exceptionName(error, sent);
  const named = name && namedFailure(name, meta?.['error_fields'], answer, sent);
  if (named) return named;
  if (answer.status < 200 || answer.status > 299) return failureByStatus(answer.status, name, sent);

  // Dashly repeats the status in the envelope, and can report a failure there alone.
  const status = readStatus(meta?.['status']) ?? 200;
  if (status >= 400 && status <= 599) return failureByStatus(status, name, sent);
  const reply = status === 200 ? decodeReply(envelope?.['data']) : null;
  if (reply) return { ...reply, kind: 'sent', replayed: false };
  // An error that is not told of by any status: it accepted the reply, or it did not.
  return unavailable('BAD_RESPONSE', error == null ? 'DELIVERED' : 'UNKNOWN');
}

/** The name that Dashly gave an error, where it is a name, and no text that should not be passed on. */
function exceptionName(error: unknown, { authorization }: SentRequest): string | null {
  if (typeof error !== 'string' || !/^[A-Za-z]\w{0,63}$/.test(error)) return null;
  return authorization.includes(error) ? null : error;
}

function parseEnvelope(text: string): Fields | null {
  try {
    return readFields(parseExactJson(text));
  } catch {
    return null; // Not JSON, such as the page of a proxy.
  }
}

/** As a number or as its three digits. */
function readStatus(value: unknown): number | null {
  if (Number.isSafeInteger(value)) return value as number;
  return typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : null;
}

function namedFailure(
  name: string,
  errorFields: unknown,
  answer: Answer,
  sent: SentRequest,
): ReplyFailure | null {
  switch (name) {
    case 'ReplyTooBig':
      return bodyTooBig(sent);
    case 'ValidationError':
    case 'BadRequest':
      return invalidReply('Dashly refused the reply as invalid.', issuesFromErrorFields(errorFields));
    case 'LookupError':
      return {
        kind: 'replyTargetNotFound',
        message: 'Dashly knows no such conversation, admin or user.',
        delivery: 'NOT_DELIVERED',
      };
    case 'NotAuthenticated':
      return {
        kind: 'notAuthenticated',
        message: 'Dashly did not take the token: it is wrong or expired.',
        delivery: 'NOT_DELIVERED',
      };
    case 'PermissionDeniedError':
      return {
        kind: 'permissionDenied',
        message: "The token's owner may not reply in this conversation.",
        delivery: 'NOT_DELIVERED',
      };
    case 'TooManyRequests':
      return tooManyRequests(parseRetryAfter(answer.retryAfter, Date.now()));
    case 'Error404':
      return rejected(404, name);
    case 'MethodNotAllowed':
      return rejected(405, name);
    case 'Error500':
      return unavailable('SERVER_ERROR', 'UNKNOWN');
    default:
      return null;
  }
}

/** For a status that is not 2xx, and no name that is known. */
function failureByStatus(status: number, name: string | null, sent: SentRequest): ReplyFailure {
  if (status >= 500 && status <= 599) return unavailable('SERVER_ERROR', 'UNKNOWN');
  if (status < 400 || status > 499) return unavailable('BAD_RESPONSE', 'UNKNOWN');
  if (status === 413 && !name) {
    const { attachmentMaxBytes } = sent;
    if (attachmentMaxBytes === null) return bodyTooBig(sent);
    return attachmentTooBig(
      'Dashly, or a proxy in front of it, refused the attachment as too large.',
      attachmentMaxBytes,
    );
  }
  return rejected(status, name ?? `HTTP_${status}`);
}

function bodyTooBig({ draft }: SentRequest): ReplyFailure {
  const bodyLength = characterCount(draft.body ?? '');
  return {
    kind: 'replyTooBig',
    message: `The body, of ${bodyLength} characters, is too long for Dashly.`,
    delivery: 'NOT_DELIVERED',
    bodyLength,
  };
}

function rejected(status: number, code: string): ReplyFailure {
  return {
    kind: 'dashlyRejected',
    message: `Dashly refused the reply: ${code} (HTTP status ${status}).`,
    delivery: 'NOT_DELIVERED',
    status,
    code,
  };
}
