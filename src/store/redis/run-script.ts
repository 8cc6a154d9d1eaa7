/** Runs a script on the server that has its key. */

import { setTimeout as delay } from 'node:timers/promises';
import { ErrorReply } from '@redis/client';
import type { RedisClient } from './redis-connection.ts';
import type { RedisServers } from './redis-servers.ts';
import { responseTimeoutMs } from './within.ts';

/** There is no connection to a writable server, too many scripts wait for it, or Redis timed out a moment ago. */
export class RedisUnreachable extends Error {}

export interface Ran {
  readonly value: unknown;
  /** The client that ran it. */
  readonly client: RedisClient;
}

/** The server that a Redis Cluster names instead. Nothing was written. */
const redirection = /^(MOVED|ASK) \d+ (\S+)$/;
const maxRedirections = 5;

/**
 * Follows redirections for `responseTimeoutMs`. After that it sends nothing: the caller assumes that the script may have run, and has
 * undone it.
 */
export async function runScript(
  servers: RedisServers,
  first: RedisClient,
  key: string,
  command: readonly string[],
): Promise<Ran> {
  const endsAt = performance.now() + responseTimeoutMs;
  let client = first;
  let isMoving = false;
  for (let redirections = 0; redirections <= maxRedirections; redirections++) {
    try {
      // Sent together, since it is valid for the next command only.
      if (isMoving) client.sendCommand(['ASKING']).catch(() => {});
      const value: unknown = await client.sendCommand(command);
      return { value, client };
    } catch (error) {
      if (isQueueFull(error)) throw new RedisUnreachable('Too many scripts wait for Redis.');
      const target = error instanceof ErrorReply ? redirection.exec(error.message) : null;
      if (!target) throw error;
      isMoving = target[1] === 'ASK';
      const next = servers.redirect(key, target[2] ?? '', isMoving);
      if (!next) throw error;
      // A node that is new in the cluster is being connected.
      while (!next.client && performance.now() < endsAt) await delay(10);
      if (!next.client || performance.now() >= endsAt) break;
      ({ client } = next);
    }
  }
  throw new RedisUnreachable('No server of the Redis Cluster has the key.');
}

/** The library rejects with it before it sends anything. */
function isQueueFull(error: unknown): boolean {
  return error instanceof Error && error.message === 'The queue is full';
}
