/** Limits how long the body of a request may take to arrive. */

import type { IncomingMessage } from 'node:http';

/** Long for an unstable network, short for a connection that is held open on purpose. */
const maxSilenceMs = 15_000;

/** Applies after the first `maxSilenceMs`. A mobile network is ten times as fast. */
const minBytesPerSecond = 4 * 1024;

const checkIntervalMs = 1_000;

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
 * Calls `onTooSlow` once, with a sentence for the client, if no byte arrives for 15 seconds or the body is slower than 4 KiB a second.
 * Returns a function that removes the limit; the end of the request removes it too.
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
