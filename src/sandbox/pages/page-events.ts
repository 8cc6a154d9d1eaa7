/** Notifies open pages of changes, by Server-Sent Events. */
import type { ServerResponse } from 'node:http';

const maxStreams = 100;
/** Proxies close connections that are silent for too long. */
const heartbeatMs = 20_000;

/** The event streams of the open pages. */
export class PageEvents {
  readonly #streams = new Set<ServerResponse>();
  #heartbeat: NodeJS.Timeout | undefined;
  #isEnded = false;

  /** Starts a stream on the response, and destroys the oldest one if there are too many. False after `end`; then nothing is written. */
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
      // A server that stops waits for its connections, so the connection must end with the stream.
      connection: 'close',
      // Nginx would buffer the events.
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

  /** Notifies every page of a change; the page then reloads itself. */
  notify(): void {
    for (const response of this.#streams) {
      // One unread event is enough.
      if (response.writableLength === 0) response.write('data: changed\n\n');
    }
  }

  /** Ends all streams, and accepts no new ones. May be called again. */
  end(): void {
    this.#isEnded = true;
    this.#stopHeartbeat();
    for (const response of this.#streams) response.end();
  }

  #beat(): void {
    for (const response of this.#streams) {
      // The client has not read for a whole interval, and the buffers of the system are full.
      if (response.writableLength > 0) response.destroy();
      else response.write(':\n\n');
    }
  }

  #stopHeartbeat(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}
