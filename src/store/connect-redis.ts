/** The connection to a Redis that several gateways share. */

import { createHash } from 'node:crypto';
import { createClient, ErrorReply } from '@redis/client';
import { RedisRefused } from './redis-refused.ts';

export interface Redis {
  /**
   * Resolves when the first connection is established, or after a second without one. Rejects with `RedisRefused` if Redis rejects what the
   * URL asks for.
   */
  readonly connected: Promise<void>;
  /**
   * Runs a Lua script on one key atomically. Rejects with `RedisUnreachable` if it is proven not to have run, and with any other error if there was no
   * response within a second: then it may have run.
   */
  evaluate(script: string, key: string, args: readonly string[]): Promise<unknown>;
  close(): Promise<void>;
}

/** There is no connection to a writable server, or Redis timed out a moment ago. */
export class RedisUnreachable extends Error {}

const responseTimeoutMs = 1_000;

/** After a timeout no script is run for that long, so that not every caller waits for the next timeout. */
const pauseMs = 1_000;

/**
 * Replies of a server that is not the primary, or not ready: after a failover behind one address, a new connection reaches another server.
 * Nothing was written. Redis 6 puts a text before the code of an error in a script.
 */
const wrongServer = /(?:^|: -)(?:READONLY|LOADING|MASTERDOWN|NOREPLICAS) /;

/** Replies to a handshake that every attempt would get: a wrong password or database, or a server too old for the client. */
const refusal = /^(?:WRONGPASS|NOAUTH|DENIED) |^ERR .*(?:\bDB\b|database|SELECT|password|AUTH|HELLO)/;

/** A ping every two seconds keeps the connection from being idle that long, unless Redis hangs. */
const idleTimeoutMs = 5_000;
const pingMs = 2_000;

export interface RedisOptions {
  /** Called once at the end of each outage. */
  readonly onRecovery?: () => void;
}

/** Connects in the background, and again whenever the connection is lost. Calls `onError` once for each outage. */
export function connectRedis(
  url: string,
  onError: (error: Error) => void,
  { onRecovery = () => {} }: RedisOptions = {},
): Redis {
  const client = createClient({
    url,
    // Fail at once without a connection, instead of waiting for one.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    pingInterval: pingMs,
    socket: {
      connectTimeout: responseTimeoutMs,
      socketTimeout: idleTimeoutMs,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1_000),
    },
  });
  let isHealthy = true;
  let isWrongServer = false;
  let pausedUntil = 0;
  function report(error: Error): void {
    if (isHealthy) onError(error);
    isHealthy = false;
  }
  function reportRecovery(): void {
    if (!isHealthy) onRecovery();
    isHealthy = true;
  }
  let isStarting = true;
  const refused = Promise.withResolvers<never>();
  client.on('error', (error: Error) => {
    if (isStarting && error instanceof ErrorReply && refusal.test(error.message))
      refused.reject(new RedisRefused(error.message));
    else report(error);
  });
  client.on('ready', () => {
    if (!isWrongServer) reportRecovery();
  });
  // `onError` gets the error.
  const ignore = (): void => {};
  const connection = client.connect().then(ignore, ignore);
  const started = within(responseTimeoutMs, connection).catch(ignore);

  /** At most once per `pauseMs`, since no script runs in between. */
  function reconnect(): void {
    isWrongServer = true;
    pausedUntil = performance.now() + pauseMs;
    if (!client.isOpen || !client.isReady) return;
    client.destroy();
    client.connect().catch(ignore);
  }

  return {
    connected: Promise.race([started, refused.promise]).finally(() => {
      isStarting = false;
    }),
    async evaluate(script, key, args) {
      if (!client.isReady || performance.now() < pausedUntil) throw new RedisUnreachable();
      try {
        const response = client.eval(script, { keys: [key], arguments: [...args] });
        const value = await within(responseTimeoutMs, response);
        isWrongServer = false;
        reportRecovery();
        return value;
      } catch (error) {
        // Also if Redis responds with an error: its memory may be full.
        report(error as Error);
        if (isFromWrongServer(error)) {
          reconnect();
          throw new RedisUnreachable();
        }
        if (error instanceof NoResponse) pausedUntil = performance.now() + pauseMs;
        throw error;
      }
    },
    async close() {
      if (client.isReady) await within(responseTimeoutMs, client.close()).catch(() => client.destroy());
      else client.destroy();
    },
  };
}

function isFromWrongServer(error: unknown): boolean {
  return error instanceof ErrorReply && wrongServer.test(error.message);
}

class NoResponse extends Error {
  constructor() {
    super('Redis did not respond in time.');
  }
}

async function within<Value>(milliseconds: number, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    // If the event loop was blocked, the response may be buffered already; let pending reads run before timing out.
    timer = setTimeout(() => setImmediate(() => reject(new NoResponse())), milliseconds);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** A key for these names, which may be long or secret. */
export function redisKey(purpose: string, ...names: readonly string[]): string {
  return `dashly-gateway:${purpose}:${createHash('sha256').update(JSON.stringify(names)).digest('base64url')}`;
}
