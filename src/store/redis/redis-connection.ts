/** A connection to a server of Redis, which is opened again whenever it is lost. */

import { setTimeout as delay } from 'node:timers/promises';
import { createClient, ErrorReply } from '@redis/client';
import type { Credentials, HostAndPort } from '../../redis-url.ts';
import type { OutagePart } from './outage.ts';
import { NoResponse, responseTimeoutMs, within } from './within.ts';

export type RedisClient = ReturnType<typeof createClient>;

export interface RedisConnection {
  /** Null while disconnected. Each connection has a client of its own: what one client sends goes to one server, in order. */
  readonly client: RedisClient | null;
  /** A script that fails after `close` was called does not begin it, since nothing would end it. */
  readonly outage: OutagePart;
  /** By `performance.now()`: no script is run before. */
  pausedUntil: number;
  /** Whether the server refused to write, so that a new connection does not end the outage. */
  isWrongServer: boolean;
  /** By `performance.now()`: since when no script got a response; null if the last one did. */
  silentSince: number | null;
  /** Replaces the connection by a new one. */
  reopen(): void;
  close(): Promise<void>;
}

export interface RedisConnectionOptions extends ServerOptions {
  /** Rejects if this is not a server that can be used, which then counts as unreachable. */
  readonly inspect: (client: RedisClient) => Promise<void>;
  readonly outage: OutagePart;
  readonly onOpen: () => void;
  /** The connection was lost, or an attempt has failed. */
  readonly onLost: () => void;
}

export interface ServerOptions extends Credentials {
  readonly isEncrypted: boolean;
  readonly database: number;
}

/** A ping every two seconds keeps the connection from being idle that long, unless Redis hangs and no script is written. */
const idleTimeoutMs = 5_000;
const pingMs = 2_000;

const firstPauseMs = 50;
const longestPauseMs = 1_000;
const stableMs = 3_000;

/** A client that connects once. */
function createRedisClient(
  { host, port }: HostAndPort,
  { isEncrypted, username, password, database }: ServerOptions,
): RedisClient {
  const socket = {
    host,
    port,
    connectTimeout: responseTimeoutMs,
    socketTimeout: idleTimeoutMs,
    reconnectStrategy: false,
  } as const;
  return createClient({
    socket: isEncrypted ? { ...socket, tls: true } : socket,
    ...(username && { username }),
    ...(password && { password }),
    database,
    // Fail at once without a connection, instead of waiting for one.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    pingInterval: pingMs,
    // Both send commands that a user with few permissions may not run. The second could also move commands to another connection.
    disableClientInfo: true,
    maintNotifications: 'disabled',
  });
}

/** Without a reply in time the connection is replaced: this and other commands keep it from being idle, although it is dead. */
export async function replyOf(client: RedisClient, command: readonly string[]): Promise<unknown> {
  try {
    return await within(client.sendCommand(command));
  } catch (error) {
    if (error instanceof NoResponse) client.destroy();
    throw error;
  }
}

/** Calls `findAddress` before each attempt: after a failover the server may be another one. */
export function keepConnected(
  findAddress: () => Promise<HostAndPort>,
  options: RedisConnectionOptions,
): RedisConnection {
  const { inspect, outage, onOpen, onLost } = options;
  const closing = new AbortController();
  const { signal } = closing;
  /** Also during its handshake. */
  let current: RedisClient | null = null;
  let isOpen = false;

  function onError(error: unknown): void {
    if (!signal.aborted) outage.begin(error);
  }

  /** Resolves when the connection is lost. */
  async function connectOnce(): Promise<void> {
    const address = await findAddress();
    if (signal.aborted) return;
    const client = createRedisClient(address, options);
    current = client;
    const lost = new Promise((resolve) => client.once('terminated', resolve).once('end', resolve));
    client.on('error', (error) => {
      // Before, `connect` or `inspect` rejects with it.
      if (isOpen) onError(error);
      // After an error that is not a reply, the order of the replies is no longer certain.
      if (!(error instanceof ErrorReply)) client.destroy();
    });
    try {
      await client.connect();
      await within(inspect(client));
      isOpen = client.isReady;
      if (isOpen) {
        connection.silentSince = null;
        if (!connection.isWrongServer) outage.end();
        onOpen();
      }
      await lost;
    } finally {
      isOpen = false;
      current = null;
      client.destroy();
    }
  }

  async function run(): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!signal.aborted) {
      const startedAt = performance.now();
      await connectOnce().catch(onError);
      if (signal.aborted) return;
      onLost();
      // A connection that lasted is opened again at once.
      if (performance.now() - startedAt > stableMs) pauseMs = 0;
      await delay(pauseMs, undefined, { signal }).catch(() => {});
      pauseMs = Math.min(Math.max(pauseMs * 2, firstPauseMs), longestPauseMs);
    }
  }

  const connection: RedisConnection = {
    get client() {
      return isOpen && current?.isReady ? current : null;
    },
    outage: { begin: onError, end: outage.end },
    pausedUntil: 0,
    isWrongServer: false,
    silentSince: null,
    reopen: () => current?.destroy(),
    async close() {
      closing.abort();
      const client = current;
      if (isOpen && client?.isReady) await within(client.close()).catch(() => {});
      client?.destroy();
      await within(ended).catch(() => {});
    },
  };
  const ended = run();
  return connection;
}
