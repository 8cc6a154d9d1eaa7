/** The connection to the Redis that several gateways share. */

import { createHash } from 'node:crypto';
import { createClient, ErrorReply } from '@redis/client';
import { RedisRefused } from './redis-refused.ts';

export interface Redis {
  /**
   * Resolves when the first connection is made, or has not been made within a second. Rejects with `RedisRefused` if Redis
   * refuses what the URL asks for.
   */
  readonly connected: Promise<void>;
  /**
   * Runs a Lua script on one key, which Redis does as a whole or not at all. Rejects with `RedisAway` where it surely has not
   * run, and with any other error where no answer came in a second: then it may have run all the same.
   */
  evaluate(script: string, key: string, args: readonly string[]): Promise<unknown>;
  close(): Promise<void>;
}

/** There is no connection to a server that can be written to, or Redis did not answer a moment ago. */
export class RedisAway extends Error {}

const answerTimeoutMs = 1_000;

/** After an answer that did not come: not everybody is to wait for the next. */
const pauseMs = 1_000;

/**
 * Replies of a server that is not the primary, or not ready: a new connection may reach another server, as after a failover
 * behind one address. Nothing was written. Redis 6 puts its own words before the code of an error in a script.
 */
const wrongServer = /(?:^|: -)(?:READONLY|LOADING|MASTERDOWN|NOREPLICAS) /;

/** Replies to a handshake that no later attempt changes: the password, the database, or a server too old for the client. */
const refusal = /^(?:WRONGPASS|NOAUTH|DENIED) |^ERR .*(?:\bDB\b|database|SELECT|password|AUTH|HELLO)/;

/** A ping in between keeps the connection from being idle for so long, unless Redis hangs. */
const silenceMs = 5_000;
const pingMs = 2_000;

/** Connects in the background, and again whenever the connection is lost. `onError` is told once for each outage. */
export function connectRedis(url: string, onError: (error: Error) => void): Redis {
  const client = createClient({
    url,
    // Whoever asks wants to know now.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    pingInterval: pingMs,
    socket: {
      connectTimeout: answerTimeoutMs,
      socketTimeout: silenceMs,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1_000),
    },
  });
  let isWell = true;
  let isWrongServer = false;
  let pausedUntil = 0;
  function tell(error: Error): void {
    if (isWell) onError(error);
    isWell = false;
  }
  let isStarting = true;
  const refused = Promise.withResolvers<never>();
  client.on('error', (error: Error) => {
    if (isStarting && error instanceof ErrorReply && refusal.test(error.message))
      refused.reject(new RedisRefused(error.message));
    else tell(error);
  });
  client.on('ready', () => {
    isWell = !isWrongServer;
  });
  // What goes wrong is told to `onError`.
  const ignore = (): void => {};
  const connection = client.connect().then(ignore, ignore);
  const started = within(answerTimeoutMs, connection).catch(ignore);

  /** At most once in `pauseMs`, since no script runs until then. */
  function connectAnew(): void {
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
      if (!client.isReady || performance.now() < pausedUntil) throw new RedisAway();
      try {
        const answer = client.eval(script, { keys: [key], arguments: [...args] });
        const value = await within(answerTimeoutMs, answer);
        isWell = true;
        isWrongServer = false;
        return value;
      } catch (error) {
        // Also if Redis answers, but refuses: its memory may be full.
        tell(error as Error);
        if (isFromWrongServer(error)) {
          connectAnew();
          throw new RedisAway();
        }
        if (error instanceof NoAnswer) pausedUntil = performance.now() + pauseMs;
        throw error;
      }
    },
    async close() {
      if (client.isReady) await within(answerTimeoutMs, client.close()).catch(() => client.destroy());
      else client.destroy();
    },
  };
}

function isFromWrongServer(error: unknown): boolean {
  return error instanceof ErrorReply && wrongServer.test(error.message);
}

class NoAnswer extends Error {
  constructor() {
    super('Redis did not answer in time.');
  }
}

async function within<Value>(milliseconds: number, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    // Where this process stood still, the answer may be here though nobody has read it yet: what has come is read before an immediate.
    timer = setTimeout(() => setImmediate(() => reject(new NoAnswer())), milliseconds);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** A key of ours for these names, which may be long or secret. */
export function redisKey(purpose: string, ...names: readonly string[]): string {
  return `dashly-gateway:${purpose}:${createHash('sha256').update(JSON.stringify(names)).digest('base64url')}`;
}
