/** One HTTP request to Dashly and its response; if it fails, it is known whether any of it was sent. */

import type { Dispatcher } from 'undici';
import { Deadline } from '../../conversation/deadline.ts';
import type { AnswerMatch, UpstreamCall } from '../../conversation/sending/send-reply.ts';
import { GrowingBuffer } from '../../growing-buffer.ts';
import { parseRetryAfter } from './back-off.ts';
import type { Connection } from './connection.ts';
import type { ConnectionPool, Release } from './connection-pool.ts';
import { decodeText } from './decode-text.ts';
import { type DashlyResponse, type Interruption, isSuccess } from './response.ts';

/** What is read from a response. */
export interface Reading<Value> {
  readonly value: Value;
  /** The connection of a stray response is closed. Null if the response is not a success. */
  readonly match: AnswerMatch | null;
}

export type ExchangeEnd<Value> =
  | { readonly kind: 'received'; readonly value: Value }
  | { readonly kind: 'interrupted'; readonly interruption: Interruption }
  /** The signal aborted before anything was written. */
  | { readonly kind: 'aborted' };

export interface ExchangeResult<Value> {
  readonly end: ExchangeEnd<Value>;
  /** Null if there was no connection for it. */
  readonly call: UpstreamCall | null;
}

export interface ExchangeRequest {
  readonly options: Dispatcher.DispatchOptions;
  /** Whether it may be rejected before it is sent completely: the connection cannot be used again then. */
  readonly isLarge: boolean;
  /** A longer response is not read. */
  readonly maxResponseBytes: number;
}

export interface ExchangeOptions<Value> {
  readonly pool: Pick<ConnectionPool, 'acquire' | 'isDestroyed'>;
  /** Called for each connection that is tried: undici consumes the stream of a body even if it writes nothing. */
  readonly createRequest: (connection: Connection) => ExchangeRequest;
  /** In milliseconds, for everything: waiting for a connection, connecting, sending, and reading to the last byte. */
  readonly timeoutMs: number;
  /** The exchange ends by then; null for no limit but `timeoutMs`. */
  readonly deadline: Deadline | null;
  /** Ends the exchange if nothing was written yet, or at any time if it `canAbort`. */
  readonly signal: AbortSignal;
  /** Whether the request changes nothing. */
  readonly canAbort: boolean;
  /** Called right before the first byte of the request is written. */
  readonly onWrite: () => void;
  /** Called with a complete response, before its connection can be used again. */
  readonly read: (response: DashlyResponse, connection: Connection) => Reading<Value>;
}

/** With less time left, a request is not sent: it would probably time out, with an unknown outcome. */
const minTimeMs = 1_000;

/** Further attempts are made only if nothing was written. */
const maxAttempts = 3;

/** Sends a request at most once. Rejects only if the request is invalid. */
export function exchange<Value>(options: ExchangeOptions<Value>): Promise<ExchangeResult<Value>> {
  return new Promise((resolve, reject) => {
    new Exchange(options, resolve, reject);
  });
}

/**
 * In order: `acquire` waits for a connection, `#attempt` passes the request to undici, `onRequestStart` is the point of no return,
 * `onResponseEnd` reads the response, `#settle` resolves, and `#leave` returns the connection. A time limit or an abort may settle earlier.
 *
 * Uses undici's `dispatch`, which calls `onRequestStart` right before the first byte is written: what fails earlier is proven not to be sent.
 * `Client.request` does not distinguish the two.
 */
class Exchange<Value> implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions<Value>;
  readonly #resolve: (result: ExchangeResult<Value>) => void;
  readonly #reject: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #release: Release;
  #ignoreSignal: (() => void) | null = null;
  #attemptsLeft = maxAttempts;
  readonly #deadline: Deadline;
  #beganAt: number | null = null;
  #errorCode: string | null = null;
  #body = new GrowingBuffer();
  #connection: Connection | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #isLarge = false;
  #maxResponseBytes = 0;
  #status: number | null = null;
  #retryAfter: string | null = null;
  #date: string | null = null;
  #coding: string | null = null;
  #hasKnownEnd = false;
  #match: AnswerMatch | null = null;
  #isSettled = false;

  constructor(
    options: ExchangeOptions<Value>,
    resolve: (result: ExchangeResult<Value>) => void,
    reject: (error: unknown) => void,
  ) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    const remaining = options.deadline?.remaining ?? Number.POSITIVE_INFINITY;
    const milliseconds = Math.max(0, Math.min(options.timeoutMs, remaining));
    this.#deadline = new Deadline(milliseconds);
    this.#timer = setTimeout(() => this.#onTimeout(), milliseconds);
    this.#release = options.pool.acquire((connection) => this.#attempt(connection));
    // On a free connection undici writes in its own immediate, which runs first; then no listener is needed.
    setImmediate(() => {
      const canAbort = options.canAbort || !this.#hasBegun;
      if (!this.#isSettled && canAbort) this.#listenTo(options.signal);
    });
  }

  /** Whether writing began: from then on, the server may have got the request. */
  get #hasBegun(): boolean {
    return this.#controller !== null;
  }

  #attempt(connection: Connection): void {
    this.#connection = connection;
    if (this.#isSettled) return;
    const { createRequest, pool, timeoutMs } = this.#options;
    if (pool.isDestroyed) {
      this.#interrupt('connection');
      return;
    }
    if (this.#deadline.remaining < Math.min(minTimeMs, timeoutMs / 4)) {
      this.#interrupt('timeout');
      return;
    }
    this.#attemptsLeft--;
    this.#beganAt ??= performance.now();
    try {
      const { options, isLarge, maxResponseBytes } = createRequest(connection);
      this.#isLarge = isLarge;
      this.#maxResponseBytes = maxResponseBytes;
      connection.dispatch(options, this);
    } catch (error) {
      // An invalid request is a bug of the gateway.
      this.#end();
      this.#reject(error);
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // If the event loop was blocked, the connection may be ready before the timer fires.
    if (!this.#isSettled && this.#deadline.hasPassed) this.#interrupt('timeout');
    if (!this.#hasBegun && this.#options.signal.aborted) this.#settle({ kind: 'aborted' });
    // Timed out or aborted: the error keeps undici from writing, and the connection stays usable.
    if (this.#isSettled) throw new Error('The exchange ended before its request was written.');
    // undici must not write a request twice; a reply is too important to rely on that.
    const isAgain = this.#hasBegun;
    this.#controller = controller;
    if (isAgain) this.#interrupt('connection');
    else this.#options.onWrite();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, unknown>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    const retryAfter = headers['retry-after'];
    this.#retryAfter = typeof retryAfter === 'string' ? retryAfter : null;
    const date = headers['date'];
    this.#date = typeof date === 'string' ? date : null;
    // Several codings are a list, which becomes an unknown coding.
    const coding = headers['content-encoding'];
    this.#coding = coding === undefined ? null : String(coding);
    const transferCoding = headers['transfer-encoding'];
    this.#hasKnownEnd =
      transferCoding === undefined
        ? 'content-length' in headers
        : /(?:^|,)\s*chunked\s*$/i.test(String(transferCoding));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#body.length + chunk.length > this.#maxResponseBytes) this.#interrupt('protocol');
    else this.#body.append(chunk);
  }

  onResponseEnd(): void {
    const text = decodeText(this.#body.bytes(), this.#coding, this.#maxResponseBytes);
    const retryAfterSeconds = parseRetryAfter(this.#retryAfter, Date.now());
    const status = this.#status ?? 0;
    this.#read({ status, retryAfterSeconds, date: this.#date, text, hasKnownEnd: this.#hasKnownEnd });
  }

  #read(response: DashlyResponse): void {
    if (this.#isSettled || !this.#connection) return;
    try {
      const { value, match } = this.#options.read(response, this.#connection);
      this.#match = match;
      this.#settle({ kind: 'received', value });
    } catch (error) {
      // It may have been a stray response.
      this.#match = 'STRAY';
      this.#end();
      this.#reject(error);
    }
  }

  onResponseError(_controller?: Dispatcher.DispatchController | null, error?: Error): void {
    this.#errorCode = (error as NodeJS.ErrnoException | undefined)?.code ?? error?.name ?? null;
    // Nothing was written: the connection was closed while it was idle, so connect again.
    const connection = this.#connection;
    if (connection && !this.#hasBegun && this.#attemptsLeft > 0) {
      setImmediate(() => this.#attempt(connection));
    } else this.#interrupt(error && isProtocolError(error) ? 'protocol' : 'connection');
  }

  /** Once writing has begun, a reply continues to its end, whose outcome is recorded. */
  #listenTo(signal: AbortSignal): void {
    const onAbort = (): void => {
      if (this.#hasBegun && !this.#options.canAbort) return;
      this.#settle({ kind: 'aborted' });
      this.#controller?.abort(new Error('The exchange is over.'));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
    this.#ignoreSignal = () => signal.removeEventListener('abort', onAbort);
  }

  /** If the event loop was blocked, the response may be buffered already; let pending reads run before timing out. */
  #onTimeout(): void {
    setImmediate(() => {
      if (!this.#isSettled) this.#interrupt('timeout');
    });
  }

  #interrupt(cause: Interruption['cause']): void {
    const interruption = { cause, requestBegan: this.#hasBegun, status: this.#status };
    this.#settle({ kind: 'interrupted', interruption });
    this.#controller?.abort(new Error('The exchange is over.'));
  }

  #settle(end: ExchangeEnd<Value>): void {
    if (this.#isSettled) return;
    this.#end();
    // undici keeps about one request in fifty, and with it this object, until a full garbage collection.
    this.#body = new GrowingBuffer();
    this.#resolve({ end, call: this.#describeCall() });
  }

  #end(): void {
    this.#isSettled = true;
    clearTimeout(this.#timer);
    // Not in this turn of the event loop: what arrives right after the response must be seen before the next request is written.
    setImmediate(() => this.#leave());
  }

  #leave(): void {
    this.#ignoreSignal?.();
    // The rest of a rejected request may still be in the buffers.
    const isUnread = this.#isLarge && this.#status !== null && !isSuccess(this.#status);
    this.#release(isUnread || this.#match === 'STRAY');
  }

  #describeCall(): UpstreamCall | null {
    if (this.#beganAt === null) return null;
    return {
      status: this.#status,
      error: this.#errorCode,
      startedAt: performance.timeOrigin + this.#beganAt,
      milliseconds: performance.now() - this.#beganAt,
      match: this.#match,
    };
  }
}

const protocolErrorCodes = [
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'ERR_ASSERTION',
];

/** Whether the server broke the HTTP protocol. An unexpected 100 or upgrade has no error code. */
function isProtocolError(error: Error & { code?: string }): boolean {
  return (
    error.name === 'HTTPParserError' ||
    protocolErrorCodes.includes(error.code ?? '') ||
    /^bad (?:response|upgrade)$/.test(error.message)
  );
}
