/** Decodes the envelope of a response: its data, or the failure that it reports. */

import { parseExactJson } from '../conversation/exact-json.ts';
import { memoryOfJson } from '../conversation/json-memory.ts';
import { type DashlyResponse, isRejection, isSuccess } from './connections/response.ts';
import { type AnswerSource, type Fields, readFields } from './read-value.ts';
import { isDocumented, type RestFailure, unavailable, unavailableByStatus } from './rest-failure.ts';

/** The request that the response belongs to. */
export interface SentRequest {
  /** Must not be passed on as the name of an exception. */
  readonly token: string;
  readonly source: AnswerSource;
}

export type DecodedResponse =
  /** Dashly reports success. */
  | { readonly data: unknown; readonly meta: Fields | null; readonly failure?: never }
  | { readonly data?: never; readonly failure: RestFailure };

/**
 * The name of an exception decides if it is documented and not contradicted by a success in `meta.status`, else the status. Both are proof
 * only in a complete envelope; the rejection of a proxy, which has no envelope, counts as well. A response that is unreadable, or may be
 * cut off, is no proof: it may have been an envelope.
 */
export function decodeResponse(response: DashlyResponse, sent: SentRequest): DecodedResponse {
  const read = readEnvelope(response);
  const envelope = read === 'unreadable' ? null : read;
  const meta = readFields(envelope?.['meta']);
  const error = meta?.['error'];
  const name = typeof error === 'string' ? error : null;
  const repeated = readStatus(meta?.['status']);
  const repeatsSuccess = repeated !== null && isSuccess(repeated);
  if (name && isDocumented(name) && !repeatsSuccess) {
    const { retryAfterSeconds } = response;
    return { failure: { kind: 'exception', name, errorFields: meta?.['error_fields'], retryAfterSeconds } };
  }

  // Dashly repeats the status in the envelope, and may report a failure only there.
  const status = isSuccess(response.status) ? repeated : response.status;
  if (status === 200 && error == null) return { data: envelope?.['data'], meta };
  // The page of a proxy has no envelope.
  if (envelope || isSuccess(response.status)) {
    reportUndocumented({ status: response.status, repeated, error }, sent.source);
  }
  if (status === 200) return { failure: contradiction };
  if (status === null || !isRejection(status) || read === 'unreadable')
    return { failure: unavailableByStatus(status ?? response.status) };
  // The envelope contradicts the rejection, which is no proof then.
  if (meta?.['status'] != null && (repeated === null || !isRejection(repeated)))
    return { failure: unavailableByStatus(repeated ?? status) };
  const code = name && isPlainName(name) && !reveals(sent.token, name) ? name : null;
  return { failure: { kind: 'rejection', status, code } };
}

interface Answered {
  readonly status: number;
  /** The status in the envelope; null if it has none. */
  readonly repeated: number | null;
  readonly error: unknown;
}

/** Reports what is undocumented in an answer without success and without a documented exception. */
function reportUndocumented(
  { status, repeated, error }: Answered,
  { observeUndocumented, conversationId }: AnswerSource,
): void {
  const isContradiction =
    repeated === null || isSuccess(repeated) || (!isSuccess(status) && repeated !== status);
  if (isContradiction) observeUndocumented('otherShape', 'envelope', conversationId);
  else if (typeof error === 'string') observeUndocumented('unknownValue', 'exception', conversationId);
  else observeUndocumented('otherShape', 'exception', conversationId);
}

/** For an envelope with both a success and an error. */
const contradiction = unavailable('BAD_RESPONSE', 'UNKNOWN');

/** Whether it is a name, and not a text that the caller must not see. */
function isPlainName(text: string): boolean {
  return /^[A-Za-z]\w{0,63}$/.test(text);
}

/** That many equal characters in a row are no coincidence. */
const revealingLength = 8;

/** Whether a name contains the token or a piece of it, in a different case or with other characters in between. */
function reveals(token: string, name: string): boolean {
  const [secret, word] = [lettersOf(token), lettersOf(name)];
  if (secret.includes(word)) return true;
  const length = Math.min(revealingLength, secret.length);
  for (let start = 0; start + length <= word.length; start++) {
    if (secret.includes(word.slice(start, start + length))) return true;
  }
  return false;
}

function lettersOf(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
}

/** Of the values of a response. The echo of the largest reply takes about 30 MiB; a page of 50 parts takes about 0.2 MiB. */
const maxMemory = 32 * 1024 * 1024;

/** Shorter texts cannot exceed it. */
const longText = 512 * 1024;

function needsTooMuchMemory(text: string): boolean {
  return text.length > longText && memoryOfJson(text) > maxMemory;
}

/** Null for a complete text without an envelope, such as the error page of a proxy. */
export function readEnvelope({ text, hasKnownEnd }: DashlyResponse): Fields | null | 'unreadable' {
  if (text === null || needsTooMuchMemory(text)) return 'unreadable';
  try {
    return readFields(parseExactJson(text)) ?? (hasKnownEnd ? null : 'unreadable');
  } catch {
    // A page is not JSON. A text like an object may be half of an envelope, or one that is nested too deeply to parse.
    return hasKnownEnd && !/^\s*\{/.test(text) ? null : 'unreadable';
  }
}

/** A number, or its three digits as a string. */
function readStatus(value: unknown): number | null {
  if (Number.isSafeInteger(value)) return value as number;
  return typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : null;
}
