/** Waits until replicas have what was written. */

import type { RedisClient } from './redis-connection.ts';

/** Fewer replicas than required have acknowledged a claim to a key. */
export class NotReplicated extends Error {
  constructor(acknowledged: number, required: number) {
    super(`Only ${acknowledged} of ${required} replicas (REDIS_MIN_REPLICAS) acknowledged a claim to a key.`);
  }
}

/** Less than the time limit for a response, since `WAIT` blocks its connection. */
const waitMs = 400;

interface Waits {
  running: Promise<unknown>;
  next: Promise<number> | null;
}

/** `WAIT` blocks its connection, so the calls during one `WAIT` share the next. */
export class Replication {
  readonly #minReplicas: number;
  readonly #waits = new WeakMap<RedisClient, Waits>();

  constructor(minReplicas: number) {
    this.#minReplicas = minReplicas;
  }

  /** Rejects if fewer replicas have what this client has written so far; then they may get it later. */
  async confirm(client: RedisClient): Promise<void> {
    const acknowledged = await this.#nextWait(client);
    if (acknowledged < this.#minReplicas) throw new NotReplicated(acknowledged, this.#minReplicas);
  }

  #nextWait(client: RedisClient): Promise<number> {
    const waits = this.#waits.get(client) ?? { running: Promise.resolve(), next: null };
    this.#waits.set(client, waits);
    waits.next ??= waits.running.then(() => {
      waits.next = null;
      const wait = client.sendCommand(['WAIT', String(this.#minReplicas), String(waitMs)]).then(Number);
      waits.running = wait.catch(() => {});
      return wait;
    });
    return waits.next;
  }
}
