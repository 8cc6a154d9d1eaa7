/** Limits how long the body of a request may take to arrive. */

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** Long for an unstable network, short for a connection that is held open on purpose. */
const maxSilenceMs = 15_000;

/** Applies after the first `maxSilenceMs`. A mobile network is ten times as fast. */
const minBytesPerSecond = 4 * 1024;

/** Short, since a process exits a second after it has aborted its requests. */
const checkIntervalMs = 250;

const signals = new WeakMap<Socket, AbortSignal>();

/**
 * After the signal has aborted, bodies on this connection exceed their time limit. It is read at the checks: a listener, or an entry of a
 * Set, would also cost requests whose body arrives quickly.
 */
export function abortBodies(socket: Socket, signal: AbortSignal): void {
  signals.set(socket, signal);
}

/** Measures the progress of one body. */
class BodyTime {
  readonly #request: IncomingMessage;
  readonly #startedAt = performance.now();
  readonly #bytesBefore: number;
  #bytesRead: number;
  #heardAt = this.#startedAt;

  constructor(request: IncomingMessage) {
    this.#request = request;
    this.#bytesBefore = request.socket.bytesRead;
    this.#bytesRead = this.#bytesBefore;
  }

  /** The limit that is exceeded, in a sentence for the client; null if there is none. */
  fault(): string | null {
    if (signals.get(this.#request.socket)?.aborted) {
      return 'The gateway stopped before the whole request arrived; send it again.';
    }
    const now = performance.now();
    const { bytesRead } = this.#request.socket;
    if (bytesRead > this.#bytesRead) this.#heardAt = now;
    this.#bytesRead = bytesRead;
    if (now - this.#heardAt >= maxSilenceMs) {
      return `No byte of the request arrived for ${maxSilenceMs / 1000} seconds.`;
    }
    const seconds = (now - this.#startedAt - maxSilenceMs) / 1000;
    const isSlow = bytesRead - this.#bytesBefore < seconds * minBytesPerSecond;
    return isSlow ? `The request is slower than ${minBytesPerSecond} bytes a second.` : null;
  }
}

/**
 * Calls `onTooSlow` once, with a sentence for the client, if no byte arrives for 15 seconds, if the body is slower than 4 KiB a second, or
 * after the signal of `abortBodies` has aborted. Returns a function that removes the limit; the end of the request removes
 * it too.
 */
export function limitBodyTime(request: IncomingMessage, onTooSlow: (fault: string) => void): () => void {
  const time = new BodyTime(request);
  let isOver = false;
  const end = (): void => {
    isOver = true;
    clearInterval(timer);
  };
  const check = (): void => {
    const fault = time.fault();
    if (isOver || fault === null) return;
    end();
    onTooSlow(fault);
  };
  // If the event loop was blocked, bytes may have arrived: an immediate lets pending reads run before the check.
  const timer = setInterval(() => setImmediate(check), checkIntervalMs);
  request.once('end', end);
  request.once('close', end);
  return end;
}
