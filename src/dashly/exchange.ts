/** One HTTP exchange with Dashly, watched closely enough to know what may have arrived when it fails. */

import type { Dispatcher } from 'undici';
import type { Answer } from './decode-answer.ts';

/** How an exchange without a readable answer ended. */
export interface Interruption {
  readonly cause: 'timeout' | 'connection' | 'protocol';
  /** Whether anything of the request may have gone out. */
  readonly requestBegan: boolean;
  /** Whether a 2xx status came; with any other status the exchange counts as answered. */
  readonly isAccepted: boolean;
}

export type ExchangeResult =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'interrupted'; readonly interruption: Interruption };

/** Larger answers are none that the API documents: the whole text of a reply comes back in it, and little else. */
const maxAnswerBytes = 32 * 1024 * 1024;

/**
 * Sends one request, at most once, and never rejects. The time limit, in milliseconds, is for the whole of it: waiting
 * for a connection, connecting, sending, and reading to the last byte.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  timeoutMs: number,
): Promise<ExchangeResult> {
  return new Promise((resolve) => {
    const handler = new ExchangeHandler(resolve, timeoutMs);
    try {
      dispatcher.dispatch(request, handler);
    } catch {
      handler.onResponseError(); // A closed pool says no by throwing.
    }
  });
}

/**
 * undici calls `onRequestStart` right before the first byte is written, so that everything that fails earlier is known
 * not to have been sent. `Pool.request` would not tell the two apart.
 */
class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #resolve: (result: ExchangeResult) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | null = null;
  #status: number | null = null;
  #retryAfter: string | null = null;
  #bytes = 0;
  #isSettled = false;

  constructor(resolve: (result: ExchangeResult) => void, timeoutMs: number) {
    this.#resolve = resolve;
    this.#timer = setTimeout(() => this.#interrupt('timeout'), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const isAgain = this.#controller !== null;
    this.#controller = controller;
    // Too late, or a second attempt: undici must not make one, but a reply is not the place to trust in that.
    if (this.#isSettled || isAgain) this.#interrupt('connection');
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
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > maxAnswerBytes) this.#interrupt('protocol');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first, ...others] = this.#chunks;
    const body = first && others.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#answer(this.#status ?? 0, body.toString());
  }

  onResponseError(_controller?: Dispatcher.DispatchController | null, error?: Error): void {
    this.#interrupt(error && isProtocolError(error) ? 'protocol' : 'connection');
  }

  #interrupt(cause: Interruption['cause']): void {
    const status = this.#status;
    const isAccepted = status !== null && status >= 200 && status <= 299;
    // A refusal is one whether or not its text could be read.
    if (status !== null && !isAccepted) this.#answer(status, '');
    const interruption = { cause, requestBegan: this.#controller !== null, isAccepted };
    this.#settle({ kind: 'interrupted', interruption });
    this.#controller?.abort(new Error('The exchange is over.'));
  }

  #answer(status: number, text: string): void {
    this.#settle({ kind: 'answered', answer: { status, retryAfter: this.#retryAfter, text } });
  }

  #settle(result: ExchangeResult): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#resolve(result);
  }
}

/** What came is no HTTP that was asked for: a broken status line, headers without end, an unasked-for 100 or upgrade. */
function isProtocolError(error: Error & { code?: string }): boolean {
  const code = error.code ?? '';
  return (
    code.startsWith('HPE_') ||
    code === 'UND_ERR_HEADERS_OVERFLOW' ||
    /^bad (response|upgrade)$/.test(error.message)
  );
}
