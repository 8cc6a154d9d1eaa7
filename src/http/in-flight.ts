/** Counts what is under way, and tells when nothing is. */

/**
 * A number, since a Set would cost a third of all time: its table is replaced every few requests, and each old one refers to the next.
 * Once one of them is too old for the quick garbage collections, all that follow are kept until the next slow one, and with
 * them every request that was under way when they were replaced.
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

  /** Once for each `enter`. */
  leave(): void {
    this.#count--;
    if (this.#count === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  /** Resolves when nothing is under way. */
  async whenIdle(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }
}
