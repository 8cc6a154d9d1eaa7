/** One connection to Dashly: it connects when needed, and again after it broke. */

import type { Socket } from 'node:net';
import { type buildConnector, Client, type Dispatcher } from 'undici';

export interface Connection {
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  /** Resolves when everything that was written is passed to the operating system, or the connection broke. */
  flush(): Promise<void>;
  /** Accepts no further request, and resolves when the current one is done. */
  close(): Promise<void>;
  destroy(): void;
}

export class HttpConnection implements Connection {
  readonly #client: Client;
  #socket: Socket | null = null;

  /** @param origin - Scheme, host and port of Dashly. */
  constructor(origin: string, connect: buildConnector.connector) {
    this.#client = new Client(origin, {
      connect: (options, callback) =>
        connect(options, (...result) => {
          this.#socket = result[1];
          callback(...result);
        }),
      allowH2: false,
      // One request at a time: an error of the connection concerns no other request.
      pipelining: 1,
      // `exchange` limits the time of the whole call.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(options, handler);
  }

  async flush(): Promise<void> {
    const socket = this.#socket;
    if (!socket || socket.destroyed || socket.writableLength === 0) return;
    // Not `drain`, which a last block below the high-water mark does not cause. A write calls back after all earlier ones, and on errors.
    await new Promise<unknown>((resolve) => socket.write('', resolve));
  }

  async close(): Promise<void> {
    if (!this.#client.destroyed) await this.#client.close();
  }

  destroy(): void {
    this.#client.destroy();
  }
}
