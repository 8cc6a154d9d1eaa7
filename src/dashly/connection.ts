/** A connection to Dashly, which is made when it is needed, and anew when it broke. */

import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { type buildConnector, Client, type Dispatcher } from 'undici';

/** What a request needs to know of the connection it goes over. */
export interface Outlet {
  /** Resolves when all that was written is with the operating system, or will never be. */
  flush(): Promise<void>;
}

export class Connection implements Outlet {
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
      // One request at a time, so that the fate of the one is the fate of the other.
      pipelining: 1,
      // One time limit for the whole call is kept in `exchange`.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(options, handler);
  }

  async flush(): Promise<void> {
    const socket = this.#socket;
    // Short, as a rule: undici itself has waited before it asks for more, where there was much.
    while (socket && !socket.destroyed && socket.writableLength > 0) await turn();
  }

  /** Takes nothing further, and resolves when what is under way is done. */
  async close(): Promise<void> {
    await this.#client.close();
  }

  destroy(): void {
    this.#client.destroy();
  }
}
