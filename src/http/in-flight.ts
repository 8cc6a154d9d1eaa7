/** Counts the requests in progress. */

/**
 * A number, not a Set, which costs a third of the throughput: V8 replaces its table every few requests, and each old table refers
 * to the next. Once an old table is in the old generation, all later tables and their requests stay in memory until a full
 * collection.
 */
export class InFlight {
  #count = 0;
  #onIdle: (() => void)[] = [];

  get count(): number {
    return this.#count;
  }

  enter(): void {
    this.#count++;
  }

  /** Call this once for each `enter`. */
  leave(): void {
    this.#count--;
    if (this.#count === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  /** Resolves when no request is in progress. */
  async whenIdle(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }
}
