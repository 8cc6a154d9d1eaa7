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
import { tokenOf } from '../conversation/token-of.ts';
import { decodeReply } from './decode-part.ts';
import { issuesFromErrorFields } from './error-fields.ts';
import type { Answer } from './exchange.ts';
import { unavailable, unavailableBy } from './failures.ts';
import { type Fields, readFields } from './read-value.ts';
import { isRefusal, isSuccess } from './response.ts';
import { parseRetryAfter } from './retry-after.ts';
import { tooManyRequests } from './too-many-requests.ts';

/** What the answer is an answer to. */
export interface SentRequest {
  readonly draft: ReplyDraft;
  /** What must not come back in the disguise of a name. */
  readonly authorization: string;
  /** The gateway's own limit, in bytes, where a file went along; else null. */
  readonly attachmentMaxBytes: number | null;
}

/**
 * Decides by the name that Dashly gave its refusal, if it is a known one, and else by the status. Each is proof in a whole envelope only; a
 * refusal of a proxy, which has none, counts as well.
 */
export function decodeAnswer(answer: Answer, sent: SentRequest): ReplyOutcome {
  const envelope = parseEnvelope(answer.text);
  const meta = readFields(envelope?.['meta']);
  const error = meta?.['error'];
  const name = typeof error === 'string' ? error : null;
  const known = name && namedFailure(name, meta?.['error_fields'], answer, sent);
  if (known) return known;

  const code = name && isPlainName(name) && !tellsOf(sent.authorization, name) ? name : null;
  const repeated = readStatus(meta?.['status']);
  // Dashly repeats the status in the envelope, and can report a failure there alone.
  const status = isSuccess(answer.status) ? repeated : answer.status;
  if (status === 200) return error == null ? success(envelope) : contradiction;
  if (status === null || !isRefusal(status)) return unavailableBy(status ?? answer.status);
  // A refusal whose envelope does not refuse is none.
  if (repeated !== null && !isRefusal(repeated)) return unavailableBy(repeated);
  return rejected(status, code, sent);
}

const contradiction = unavailable('BAD_RESPONSE', 'UNKNOWN');

/** An envelope of success says that the reply exists, whatever its data is. */
function success(envelope: Fields | null): ReplyOutcome {
  const reply = decodeReply(envelope?.['data']);
  return reply ? { ...reply, kind: 'sent', replayed: false } : unavailable('BAD_RESPONSE', 'DELIVERED');
}

/** A name, and no text that should not be passed on. */
function isPlainName(text: string): boolean {
  return /^[A-Za-z]\w{0,63}$/.test(text);
}

/** So many characters of a token in a row are no coincidence. */
const telling = 8;

/** Whether a name may pass on the token, or a piece of it, in other letters or with other characters in between. */
function tellsOf(authorization: string, name: string): boolean {
  const [secret, word] = [lettersOf(tokenOf(authorization)), lettersOf(name)];
  if (secret.includes(word)) return true;
  const length = Math.min(telling, secret.length);
  for (let start = 0; start + length <= word.length; start++) {
    if (secret.includes(word.slice(start, start + length))) return true;
  }
  return false;
}

function lettersOf(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
}

function parseEnvelope(text: string | null): Fields | null {
  if (text === null) return null;
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
      return dashlyRejected(404, name);
    case 'MethodNotAllowed':
      return dashlyRejected(405, name);
    case 'Error500':
      return unavailable('SERVER_ERROR', 'UNKNOWN');
    default:
      return null;
  }
}

/** For a refusal without a known name; `code` is the name that it has, if that may be passed on. */
function rejected(status: number, code: string | null, sent: SentRequest): ReplyFailure {
  if (status === 413 && !code) {
    const { attachmentMaxBytes } = sent;
    if (attachmentMaxBytes === null) return bodyTooBig(sent);
    return attachmentTooBig(
      'Dashly, or a proxy in front of it, refused the attachment as too large.',
      attachmentMaxBytes,
    );
  }
  return dashlyRejected(status, code ?? `HTTP_${status}`);
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

function dashlyRejected(status: number, code: string): ReplyFailure {
  return {
    kind: 'dashlyRejected',
    message: `Dashly refused the reply: ${code} (HTTP status ${status}).`,
    delivery: 'NOT_DELIVERED',
    status,
    code,
  };
}
