/** The connection to the Redis that several gateways share. */

import { createHash } from 'node:crypto';
import { createClient } from '@redis/client';

export interface Redis {
  /** Resolves when the first connection is made, or has not been made within a second. */
  readonly connected: Promise<void>;
  /**
   * Runs a Lua script on one key, which Redis does as a whole or not at all. Rejects with `RedisAway` where it surely has not
   * run, and with any other error where no answer came in a second: then it may have run all the same.
   */
  evaluate(script: string, key: string, args: readonly string[]): Promise<unknown>;
  close(): Promise<void>;
}

/** There is no connection, or Redis did not answer a moment ago. */
export class RedisAway extends Error {}

const answerTimeoutMs = 1_000;

/** After an answer that did not come: not everybody is to wait for the next. */
const pauseMs = 1_000;

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
  let pausedUntil = 0;
  function tell(error: Error): void {
    if (isWell) onError(error);
    isWell = false;
  }
  client.on('error', tell);
  client.on('ready', () => {
    isWell = true;
  });
  // What goes wrong is told to `onError`.
  const ignore = (): void => {};
  const connection = client.connect().then(ignore, ignore);

  return {
    connected: within(answerTimeoutMs, connection).catch(ignore),
    async evaluate(script, key, args) {
      if (!client.isReady || performance.now() < pausedUntil) throw new RedisAway();
      try {
        const answer = client.eval(script, { keys: [key], arguments: [...args] });
        const value = await within(answerTimeoutMs, answer);
        isWell = true;
        return value;
      } catch (error) {
        // Also where Redis answers, but refuses: its memory is full, or it may only be read.
        if (error instanceof NoAnswer) pausedUntil = performance.now() + pauseMs;
        tell(error as Error);
        throw error;
      }
    },
    async close() {
      if (client.isReady) await within(answerTimeoutMs, client.close()).catch(() => client.destroy());
      else client.destroy();
    },
  };
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
