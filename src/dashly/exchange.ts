/** One HTTP exchange with Dashly, watched closely enough to know what may have arrived when it fails. */

import type { Dispatcher } from 'undici';
import { Deadline } from '../conversation/deadline.ts';
import type { Presence } from '../conversation/request-aborted.ts';
import type { UpstreamCall } from '../conversation/send-reply.ts';
import type { Connection, Outlet } from './connection.ts';
import type { Release, Slots } from './connection-pool.ts';
import { decodeText } from './decode-text.ts';
import { isSuccess } from './response.ts';

/** An answer that was read to its end. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  /** Null where the bytes cannot be read as text. */
  readonly text: string | null;
}

/** How an exchange without a whole answer ended. */
export interface Interruption {
  readonly cause: 'timeout' | 'connection' | 'protocol';
  /** Whether anything of the request may have gone out. */
  readonly requestBegan: boolean;
  /** The status of an answer whose rest did not come; it proves nothing. Null where none came. */
  readonly status: number | null;
}

export type ExchangeEnd =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'interrupted'; readonly interruption: Interruption }
  /** The caller went away before anything was written. */
  | { readonly kind: 'calledOff' };

export interface ExchangeResult {
  readonly end: ExchangeEnd;
  /** Null where its turn for a connection never came. */
  readonly call: UpstreamCall | null;
}

/** What a request goes over. */
export type Carrier = Pick<Connection, 'dispatch' | 'flush'>;

export interface ExchangeRequest {
  readonly options: Dispatcher.DispatchOptions;
  /** Whether a refusal may come while much of it is still on its way: then the connection is of no further use. */
  readonly isLarge: boolean;
  /** A longer answer is not read. */
  readonly maxAnswerBytes: number;
}

export interface ExchangeOptions {
  readonly slots: Pick<Slots<Carrier>, 'take'>;
  /** Made anew for each connection that is tried, since undici uses up the stream of a body even where it writes nothing. */
  readonly createRequest: (outlet: Outlet) => ExchangeRequest;
  /** In milliseconds, for the whole: waiting for a connection, connecting, sending, and reading to the last byte. */
  readonly timeoutMs: number;
  /** The exchange ends by then at the latest; null for no limit but `timeoutMs`. */
  readonly deadline: Deadline | null;
  readonly presence: Presence;
  /** Called right before the first byte of the request is written. */
  readonly onWrite: () => void;
}

/** What has less time left when its turn comes would be cut off, and nobody would know what became of it. */
const leastTimeMs = 1_000;

/** How often a connection is tried, as long as nothing was written on one. */
const maxAttempts = 3;

/** Sends one request, at most once. Rejects only where `createRequest` makes none that could be sent. */
export function exchange(options: ExchangeOptions): Promise<ExchangeResult> {
  return new Promise((resolve, reject) => {
    new Exchange(options, resolve, reject);
  });
}

/**
 * undici calls `onRequestStart` right before the first byte is written, so that everything that fails earlier is known
 * not to have been sent. `Client.request` would not tell the two apart.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #resolve: (result: ExchangeResult) => void;
  readonly #reject: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  /** Leaves the connection to the next in line. */
  readonly #release: Release;
  readonly #ignorePresence: () => void;
  #attemptsLeft = maxAttempts;
  readonly #deadline: Deadline;
  #beganAt: number | null = null;
  #errorCode: string | null = null;
  #chunks: Buffer[] = [];
  #connection: Carrier | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #isLarge = false;
  #maxAnswerBytes = 0;
  #status: number | null = null;
  #retryAfter: string | null = null;
  #coding: string | null = null;
  #bytes = 0;
  #isSettled = false;

  constructor(
    options: ExchangeOptions,
    resolve: (result: ExchangeResult) => void,
    reject: (error: unknown) => void,
  ) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    const remaining = options.deadline?.remaining ?? Number.POSITIVE_INFINITY;
    const milliseconds = Math.max(0, Math.min(options.timeoutMs, remaining));
    this.#deadline = new Deadline(milliseconds);
    this.#timer = setTimeout(() => this.#runOut(), milliseconds);
    this.#ignorePresence = options.presence.onGone(() => this.#callOff());
    this.#release = options.slots.take((connection) => this.#attempt(connection));
  }

  #attempt(connection: Carrier): void {
    this.#connection = connection;
    if (this.#isSettled) return;
    const { createRequest, timeoutMs } = this.#options;
    if (this.#deadline.remaining < Math.min(leastTimeMs, timeoutMs / 4)) {
      this.#interrupt('timeout');
      return;
    }
    this.#attemptsLeft--;
    this.#beganAt ??= performance.now();
    try {
      const { options, isLarge, maxAnswerBytes } = createRequest(connection);
      this.#isLarge = isLarge;
      this.#maxAnswerBytes = maxAnswerBytes;
      connection.dispatch(options, this);
    } catch (error) {
      // A request that cannot even be made is a mistake of ours, and not Dashly's.
      this.#end();
      this.#reject(error);
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // After a process stood still, the connection can be ready before the timer fires.
    if (!this.#isSettled && this.#deadline.isOver) this.#interrupt('timeout');
    // Too late, or called off: what is thrown here keeps undici from writing, and leaves the connection to the next one.
    if (this.#isSettled) throw new Error('This reply must not be sent any more.');
    // A second attempt: undici must not make one, but a reply is not the place to trust in that.
    const isAgain = this.#controller !== null;
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
    // Several codings come as a list, which is no coding that can be read.
    const coding = headers['content-encoding'];
    this.#coding = coding === undefined ? null : String(coding);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxAnswerBytes) this.#interrupt('protocol');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first, ...others] = this.#chunks;
    const body = first && others.length === 0 ? first : Buffer.concat(this.#chunks);
    const text = decodeText(body, this.#coding, this.#maxAnswerBytes);
    const answer = { status: this.#status ?? 0, retryAfter: this.#retryAfter, text };
    this.#settle({ kind: 'answered', answer });
  }

  onResponseError(_controller?: Dispatcher.DispatchController | null, error?: Error): void {
    this.#errorCode = (error as NodeJS.ErrnoException | undefined)?.code ?? error?.name ?? null;
    // Nothing was written: the connection was closed while it was idle, and another one will do.
    const connection = this.#connection;
    if (connection && this.#controller === null && this.#attemptsLeft > 0) {
      setImmediate(() => this.#attempt(connection));
    } else this.#interrupt(error && isProtocolError(error) ? 'protocol' : 'connection');
  }

  /** Only as long as nothing was written: what may have begun to arrive is carried through, and its end recorded. */
  #callOff(): void {
    if (this.#controller === null) this.#settle({ kind: 'calledOff' });
  }

  /** Where this process stood still, the answer may be here though nobody has read it yet: what has come is read before an immediate. */
  #runOut(): void {
    setImmediate(() => {
      if (!this.#isSettled) this.#interrupt('timeout');
    });
  }

  #interrupt(cause: Interruption['cause']): void {
    const interruption = { cause, requestBegan: this.#controller !== null, status: this.#status };
    this.#settle({ kind: 'interrupted', interruption });
    this.#controller?.abort(new Error('The exchange is over.'));
  }

  #settle(end: ExchangeEnd): void {
    if (this.#isSettled) return;
    this.#end();
    // undici keeps one in fifty of its requests, and with it all that is here, until a slow garbage collection.
    this.#chunks = [];
    this.#resolve({ end, call: this.#describeCall() });
  }

  #end(): void {
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#ignorePresence();
    setImmediate(() => this.#leave());
  }

  #leave(): void {
    this.#release(this.#isLarge && this.#status !== null && !isSuccess(this.#status));
  }

  #describeCall(): UpstreamCall | null {
    if (this.#beganAt === null) return null;
    return {
      status: this.#status,
      error: this.#errorCode,
      startedAt: performance.timeOrigin + this.#beganAt,
      milliseconds: performance.now() - this.#beganAt,
    };
  }
}

const protocolErrorCodes = [
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'ERR_ASSERTION',
];

/** What came is no HTTP, or none that was asked for; an unasked-for 100 or upgrade has no code of its own. */
function isProtocolError(error: Error & { code?: string }): boolean {
  return (
    error.name === 'HTTPParserError' ||
    protocolErrorCodes.includes(error.code ?? '') ||
    /^bad (?:response|upgrade)$/.test(error.message)
  );
}
