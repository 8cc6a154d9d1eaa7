/** The connections to Dashly, one request on each, and a queue of the requests that wait for one. */

import type { Connection } from './connection.ts';

export interface ConnectionPoolOptions {
  readonly maxConnections: number;
  /** How many requests may wait for a connection. */
  readonly maxQueue: number;
  readonly open: () => Connection;
}

/**
 * Returns the connection to the pool, or leaves the queue if there is none yet; call it once. A connection that is `isBroken` is not used
 * again.
 */
export type Release = (isBroken?: boolean) => void;

type OnConnection = (connection: Connection) => void;

/** Not undici's `Pool`: a request in its queue cannot be cancelled, and would be sent after its deadline. */
export class ConnectionPool {
  readonly #options: ConnectionPoolOptions;
  readonly #connections = new Set<Connection>();
  /** The most recently used one is the last. */
  readonly #idle: Connection[] = [];
  /** An array: tables of a Set that changes with every request stay in memory until a full garbage collection. */
  readonly #queue: OnConnection[] = [];
  #inUse = 0;
  #isClosed = false;
  #isDestroyed = false;

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
  }

  /** How many requests have a connection. */
  get inUse(): number {
    return this.#inUse;
  }

  /** How many requests wait for one. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Whether `destroy` was called: to try each request of a long queue would take seconds. */
  get isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  /** Whether no connection is free and the queue has no room. */
  get isFull(): boolean {
    const { maxConnections, maxQueue } = this.#options;
    return this.#inUse === maxConnections && this.#queue.length >= maxQueue;
  }

  /** Calls `onConnection` with a connection, at once if one is free. */
  acquire(onConnection: OnConnection): Release {
    if (this.#inUse < this.#options.maxConnections) {
      this.#inUse++;
      const connection = this.#take();
      onConnection(connection);
      return (isBroken = false) => this.#release(connection, isBroken);
    }
    let acquired: Connection | null = null;
    const waiting: OnConnection = (connection) => {
      acquired = connection;
      onConnection(connection);
    };
    this.#queue.push(waiting);
    return (isBroken = false) => (acquired ? this.#release(acquired, isBroken) : this.#cancel(waiting));
  }

  /** Accepts no further request, and resolves when the current ones are done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#connections].map((connection) => connection.close()));
  }

  /** Breaks all connections, and those of requests that still wait. */
  destroy(): void {
    this.#isClosed = true;
    this.#isDestroyed = true;
    for (const connection of this.#connections) connection.destroy();
  }

  #release(connection: Connection, isBroken: boolean): void {
    if (isBroken) {
      this.#connections.delete(connection);
      connection.destroy();
    } else this.#idle.push(connection);
    const next = this.#queue.shift();
    if (next) next(this.#take());
    else this.#inUse--;
  }

  #take(): Connection {
    return this.#idle.pop() ?? this.#open();
  }

  #open(): Connection {
    const connection = this.#options.open();
    if (this.#isClosed) connection.close();
    this.#connections.add(connection);
    return connection;
  }

  /** Takes about a microsecond with 10,000 requests in the queue. */
  #cancel(waiting: OnConnection): void {
    this.#queue.splice(this.#queue.indexOf(waiting), 1);
  }
}
