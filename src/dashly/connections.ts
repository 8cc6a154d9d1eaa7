/** The connections to Dashly that there are. */

import { buildConnector } from 'undici';
import { Connection } from './connection.ts';

export interface ConnectionsOptions {
  /** Scheme, host and port of Dashly. */
  readonly origin: string;
  /** For making a connection, in milliseconds. */
  readonly timeoutMs: number;
}

/** No `Pool` of undici's, since that has a line of its own, which nobody can leave: what waits there has its turn though its time is up. */
export class Connections {
  readonly #origin: string;
  /** One for all, since it remembers what makes the next TLS handshake a short one. */
  readonly #connect: buildConnector.connector;
  readonly #all = new Set<Connection>();
  #isClosed = false;

  constructor({ origin, timeoutMs }: ConnectionsOptions) {
    this.#origin = origin;
    this.#connect = buildConnector({ allowH2: false, timeout: timeoutMs });
  }

  open(): Connection {
    const connection = new Connection(this.#origin, this.#connect);
    if (this.#isClosed) connection.close();
    this.#all.add(connection);
    return connection;
  }

  /** For one that is not to be used again. */
  discard(connection: Connection): void {
    this.#all.delete(connection);
    connection.destroy();
  }

  /** Takes nothing further, and resolves when what is under way is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#all].map((connection) => connection.close()));
  }
}
