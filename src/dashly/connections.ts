/** The connections to Dashly, each of which carries one reply at a time. */

import { buildConnector, Client } from 'undici';

export interface ConnectionsOptions {
  /** Scheme, host and port of Dashly. */
  readonly origin: string;
  /** For making a connection, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * A `Client` of undici's is a connection that is made when it is needed, and anew when it broke. A `Pool` of them has a line of its own,
 * which nobody can leave: what waits there has its turn though its time is up.
 */
export class Connections {
  readonly #origin: string;
  /** One for all, since it remembers what makes the next TLS handshake a short one. */
  readonly #connect: buildConnector.connector;
  readonly #all = new Set<Client>();
  #isClosed = false;

  constructor({ origin, timeoutMs }: ConnectionsOptions) {
    this.#origin = origin;
    this.#connect = buildConnector({ allowH2: false, timeout: timeoutMs });
  }

  open(): Client {
    const client = new Client(this.#origin, {
      connect: this.#connect,
      allowH2: false,
      // So that the fate of the one is the fate of the other.
      pipelining: 1,
      // One time limit for the whole call is kept in `exchange`.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    if (this.#isClosed) client.close();
    this.#all.add(client);
    return client;
  }

  /** For one that is not to be used again. */
  discard(client: Client): void {
    this.#all.delete(client);
    client.destroy();
  }

  /** Takes nothing further, and resolves when what is under way is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#all].map((client) => client.close()));
  }
}
