/** Sends replies with keys continuously, and retries each until it is sent, as careful clients do. */

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { until } from '../until.ts';
import type { Upstream } from '../upstream/start-upstream.ts';
import { bodyOf, send } from './keyed-reply.ts';
import type { TestGateway } from './start-gateway.ts';

export interface LoadReport {
  /** Replies that a gateway reported as sent. */
  readonly sent: number;
  /** Replies that Dashly received more than once. */
  readonly doubled: readonly string[];
  /** Replies that a gateway reported as sent, but Dashly did not receive. */
  readonly missing: readonly string[];
  /** How many calls were refused since the store was unreachable. */
  readonly refused: number;
  /** Replies that a gateway reported as unknown. */
  readonly unknown: readonly string[];
}

/** Each reply is sent by the gateways in turn, so that a retry reaches another one. */
export class KeyedLoad {
  readonly #gateways: readonly TestGateway[];
  readonly #sent: string[] = [];
  readonly #unknown: string[] = [];
  readonly #workers: Promise<void>[] = [];
  readonly #accepts: (key: string) => boolean;
  #refused = 0;
  #count = 0;
  #isStopping = false;

  /** Only the keys that are accepted are used. */
  constructor(gateways: readonly TestGateway[], accepts: (key: string) => boolean = () => true) {
    this.#gateways = gateways;
    this.#accepts = accepts;
  }

  get sent(): number {
    return this.#sent.length;
  }

  start(concurrency = 8): void {
    for (let index = 0; index < concurrency; index++) this.#workers.push(this.#work());
    // If the test fails before it waits for them, their gateways stop.
    for (const worker of this.#workers) worker.catch(() => {});
  }

  /** Sends replies before, during and after `disturb`, and then repeats each of them. */
  async runDuring(disturb: () => Promise<void>): Promise<void> {
    this.start();
    await until(() => expect(this.sent).toBeGreaterThan(50));
    await disturb();
    const before = this.sent;
    // A Sentinel makes the old primary a replica after ten seconds.
    await vi.waitFor(() => expect(this.sent).toBeGreaterThan(before + 50), { timeout: 30_000 });
    await this.stop();
    await this.repeat();
  }

  /** Resolves when each reply that was begun has its outcome. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#workers);
  }

  /** Requests each reply that was sent once more. */
  async repeat(): Promise<void> {
    for (const [index, body] of [...this.#sent].entries()) await this.#send(index, body);
  }

  report({ requests }: Upstream): LoadReport {
    const arrived = new Map<string, number>();
    for (const request of requests) arrived.set(bodyOf(request), (arrived.get(bodyOf(request)) ?? 0) + 1);
    return {
      sent: this.#sent.length,
      doubled: [...arrived].filter(([, times]) => times > 1).map(([body]) => body),
      missing: this.#sent.filter((body) => !arrived.has(body)),
      refused: this.#refused,
      unknown: this.#unknown,
    };
  }

  async #work(): Promise<void> {
    while (!this.#isStopping) {
      const key = `reply ${this.#count++}`;
      if (this.#accepts(key)) await this.#sendOne(key);
    }
  }

  async #sendOne(body: string): Promise<void> {
    for (let attempt = this.#count; ; attempt++) {
      const name = await this.#send(attempt, body);
      if (name === 'ReplyToConversationPayload') {
        this.#sent.push(body);
        return;
      }
      if (name !== 'GatewayUnavailableError') {
        this.#unknown.push(body);
        return;
      }
      this.#refused++;
      await sleep(50);
    }
  }

  /** Resolves to the type of the result. */
  async #send(index: number, body: string): Promise<string> {
    const gateway = this.#gateways[index % this.#gateways.length];
    if (!gateway) throw new Error('There is no gateway.');
    const { __typename } = await send(gateway, { body, idempotencyKey: body });
    return __typename;
  }
}
