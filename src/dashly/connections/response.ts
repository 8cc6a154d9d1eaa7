/** What Dashly sends back: a response that was read completely, or less. */

export interface DashlyResponse {
  readonly status: number;
  /** From `Retry-After`; null if there is none. */
  readonly retryAfterSeconds: number | null;
  /** The header `Date`; null if there is none. */
  readonly date: string | null;
  /** Null if the bytes are not text. */
  readonly text: string | null;
  /** True with a length or chunks. Otherwise it ends with its connection, and may be cut off. */
  readonly hasKnownEnd: boolean;
}

/** Why there is no complete response. */
export interface Interruption {
  readonly cause: 'timeout' | 'connection' | 'protocol';
  /** Whether any of the request may have been sent. */
  readonly requestBegan: boolean;
  /** The status of an incomplete response, which proves nothing; null if there was none. */
  readonly status: number | null;
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** A 408 is not a rejection: the server gave up waiting, and may have received the request. */
export function isRejection(status: number): boolean {
  return status >= 400 && status <= 499 && status !== 408;
}
