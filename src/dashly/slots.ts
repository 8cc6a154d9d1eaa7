/** Lets so many replies at a time have a connection; so many others wait in line, and leave it when their time is up. */

export class Slots {
  readonly #count: number;
  readonly #maxWaiting: number;
  #free: number;
  /** In the order in which they came. */
  readonly #waiting = new Set<() => void>();

  constructor(count: number, maxWaiting: number) {
    this.#count = count;
    this.#maxWaiting = maxWaiting;
    this.#free = count;
  }

  /** How many have a connection. */
  get inUse(): number {
    return this.#count - this.#free;
  }

  /** How many wait for one. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Whether one more would have to wait where nobody may. */
  get isFull(): boolean {
    return this.#free === 0 && this.#waiting.size >= this.#maxWaiting;
  }

  /**
   * Calls `enter` at once or when its turn comes. Returns what ends that: it gives the slot to the next in line, or
   * leaves the line where the turn has not come yet. To be called once.
   */
  take(enter: () => void): () => void {
    let hasEntered = false;
    const onTurn = (): void => {
      hasEntered = true;
      enter();
    };
    const release = (): void => {
      if (hasEntered) this.#passOn();
      else this.#waiting.delete(onTurn);
    };
    if (this.#free > 0) {
      this.#free--;
      onTurn();
    } else this.#waiting.add(onTurn);
    return release;
  }

  #passOn(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
