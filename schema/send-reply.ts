/** Sends a reply by `fetch`, and again with the same key if that may help. */

import { fetchWithProgress } from './fetch-with-progress.ts';
import { mayRetry } from './may-retry.ts';
import type { ReplyToConversationInput } from './operations.ts';

/** `ReplyDocument` of `/operations`, or a text of your own with the variable `$input`. */
interface ReplyText<Result> {
  readonly __apiType?: (variables: { readonly input: ReplyToConversationInput }) => {
    readonly replyToConversation: Result;
  };
  readonly __meta__?: { readonly hash: string };
  toString(): string;
}

interface Result {
  readonly __typename: string;
  readonly delivery?: string;
  readonly retryAfterSeconds?: number | null;
}

export interface SendReplyOptions {
  /** The endpoint of the gateway. */
  readonly url: string;
  /** Contains `Authorization`. A function is called before each attempt. */
  readonly headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Receives how much of the request is sent, from 0 to 1; 0 at the beginning of each attempt. */
  readonly onProgress?: ((sent: number) => void) | undefined;
  /** The maximum number of attempts. Default: 3. */
  readonly attempts?: number | undefined;
}

/** No attempt has a result. If `status` is null, the reply may have been sent: try again with the same key. */
export class SendReplyError extends Error {
  /** The HTTP status of a request that was refused; null if there is no readable response. */
  readonly status: number | null;

  constructor(message: string, status: number | null, cause?: unknown) {
    super(message, { cause });
    this.name = 'SendReplyError';
    this.status = status;
  }
}

/** In seconds. Before a longer one, the caller gets the result. */
const longestWait = 10;

/** Failures that can pass by themselves. */
const passing = ['TooManyRequestsError', 'DashlyUnavailableError', 'GatewayUnavailableError'];

/**
 * Sends a reply. If the response is lost, or a failure passes by itself and nothing was delivered, it sends the reply again with
 * the same key, so that it is created once.
 *
 * @param input - Create its `idempotencyKey` once for each message, and keep it to try again later.
 * @throws {SendReplyError} (rejects) if the gateway refuses the request, or no response arrives. An abort rejects with its reason.
 */
export async function sendReply<AnyResult extends Result>(
  document: ReplyText<AnyResult>,
  input: ReplyToConversationInput & { readonly idempotencyKey: string },
  options: SendReplyOptions,
): Promise<AnyResult> {
  let mayBeSent = false;
  for (let attempt = 1; ; attempt += 1) {
    const { result, error, retryAfter } = await post(document, input, options);
    const wait = retryAfter || 2 ** (attempt - 2);
    const isLast = attempt >= (options.attempts ?? 3) || wait > longestWait;
    if (result && (isLast || !passing.includes(result.__typename) || !mayRetry(result))) return result;
    if (error) {
      const isLost = error.status === null || error.status >= 500;
      // A refusal of this attempt is no proof about an earlier one.
      if (isLast || !(isLost || error.status === 429))
        throw mayBeSent ? new SendReplyError(error.message, null, error) : error;
      mayBeSent ||= isLost;
    }
    await delay(wait * 1000, options.signal);
  }
}

interface Answer<AnyResult> {
  readonly result?: AnyResult;
  readonly error?: SendReplyError;
  /** In seconds. */
  readonly retryAfter?: number | null | undefined;
}

async function post<AnyResult extends Result>(
  document: ReplyText<AnyResult>,
  input: ReplyToConversationInput,
  { url, headers: given, signal, onProgress }: SendReplyOptions,
): Promise<Answer<AnyResult>> {
  const headers = new Headers(typeof given === 'function' ? await given() : given);
  const body = bodyOf(document, input);
  // The browser adds the type of a form, with its boundary.
  if (body instanceof FormData) headers.set('apollo-require-preflight', 'true');
  else headers.set('content-type', 'application/json');
  onProgress?.(0);
  let refused: number | null = null;
  try {
    const send = onProgress ? fetchWithProgress(onProgress) : fetch;
    const response = await send(url, { method: 'POST', headers, body, signal: signal ?? null });
    // A proxy may refuse a request without JSON. After a 408 it may have forwarded the request.
    const isRefusal = response.status >= 400 && response.status < 500 && response.status !== 408;
    if (isRefusal) refused = response.status;
    const { data, errors } = await response.json();
    const result = data?.replyToConversation;
    if (result) return { result, retryAfter: result.retryAfterSeconds };
    const error = new SendReplyError(errors[0].message, response.status);
    return { error, retryAfter: Number(response.headers.get('retry-after')) };
  } catch (cause) {
    signal?.throwIfAborted();
    const message = refused
      ? `The request was refused with the HTTP status ${refused}.`
      : 'There is no readable response from the gateway.';
    return { error: new SendReplyError(message, refused, cause) };
  }
}

/** JSON, or a form by the GraphQL multipart request specification. A gateway without trusted documents ignores the id. */
function bodyOf(document: ReplyText<unknown>, input: ReplyToConversationInput): string | FormData {
  const { attachment } = input;
  const variables = { input: attachment ? { ...input, attachment: { ...attachment, file: null } } : input };
  const extensions = { persistedQuery: { version: 1, sha256Hash: document.__meta__?.hash } };
  const params = JSON.stringify({ query: `${document}`, variables, extensions });
  if (!attachment) return params;
  const form = new FormData();
  form.append('operations', params);
  form.append('map', '{"0":["variables.input.attachment.file"]}');
  form.append('0', attachment.file);
  return form;
}

function delay(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop);
  });
}
