/** Tells open pages that something has changed, by Server-Sent Events. */
import type { ServerResponse } from 'node:http';

const maxStreams = 100;
/** Keeps proxies from taking a quiet stream for a dead one. */
const heartbeatMs = 20_000;

/** The streams of the pages that are open, each of which gets an event per change. */
export class PageEvents {
  readonly #streams = new Set<ServerResponse>();
  #heartbeat: NodeJS.Timeout | undefined;
  #isEnded = false;

  /** Makes a stream of the response; where there are too many, the oldest ends. False, with nothing written, after `end`. */
  open(response: ServerResponse): boolean {
    if (this.#isEnded) return false;
    const [oldest] = this.#streams;
    if (oldest && this.#streams.size >= maxStreams) {
      this.#streams.delete(oldest);
      oldest.destroy();
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // So that the end of the stream is the end of the connection, for which a stopping server waits.
      connection: 'close',
      // Nginx would collect the events.
      'x-accel-buffering': 'no',
    });
    response.write('retry: 2000\n\n');
    this.#streams.add(response);
    this.#heartbeat ??= setInterval(() => this.#beat(), heartbeatMs).unref();
    response.once('close', () => {
      this.#streams.delete(response);
      if (this.#streams.size === 0) this.#stopHeartbeat();
    });
    return true;
  }

  /** Says that something changed; what, a page finds out by asking for itself again. */
  tell(): void {
    for (const response of this.#streams) {
      // An event that is still unread says the same.
      if (response.writableLength === 0) response.write('data: changed\n\n');
    }
  }

  /** Ends all streams, and lets no new one begin. May be called again. */
  end(): void {
    this.#isEnded = true;
    this.#stopHeartbeat();
    for (const response of this.#streams) response.end();
  }

  #beat(): void {
    for (const response of this.#streams) {
      // The buffers of the system are full, and nobody has read from them since the last change.
      if (response.writableLength > 0) response.destroy();
      else response.write(':\n\n');
    }
  }

  #stopHeartbeat(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}
