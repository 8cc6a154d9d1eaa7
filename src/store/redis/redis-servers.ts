/** The servers of a Redis, of any kind. */

import type { RedisConnection } from './redis-connection.ts';

export interface RedisServers {
  /** Whether there is an open connection for each key. */
  readonly isReady: boolean;
  /** Null if the server of the key is unknown. */
  connectionFor(key: string): RedisConnection | null;
  /**
   * Follows a reply of a Redis Cluster: the key has moved to `target`, or, if it is still moving, may be there. `target` may lack the host.
   * Null if this is not a cluster, or is closed, or the key no longer has an owner.
   */
  redirect(key: string, target: string, isMoving: boolean): RedisConnection | null;
  close(): Promise<void>;
}

/** A single server. `close` closes it, with all that it needs. */
export function onlyServer(
  connection: RedisConnection,
  close = (): Promise<void> => connection.close(),
): RedisServers {
  return {
    get isReady() {
      return connection.client !== null;
    },
    connectionFor: () => connection,
    redirect: () => null,
    close,
  };
}
