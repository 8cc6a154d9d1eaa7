/** Lets so many replies at a time have a connection; so many others wait in line, and leave it when their time is up. */

/** A place in the line. */
interface Place {
  readonly onTurn: () => void;
  before: Place | null;
  behind: Place | null;
}

export class Slots {
  readonly #count: number;
  readonly #maxWaiting: number;
  #free: number;
  /** The line is a chain rather than a Set, for the reason that `InFlight` in `http` has. */
  #first: Place | null = null;
  #last: Place | null = null;
  #waiting = 0;

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
    return this.#waiting;
  }

  /** Whether one more would have to wait where nobody may. */
  get isFull(): boolean {
    return this.#free === 0 && this.#waiting >= this.#maxWaiting;
  }

  /**
   * Calls `enter` at once or when its turn comes. Returns what ends that: it gives the slot to the next in line, or
   * leaves the line where the turn has not come yet. To be called once.
   */
  take(enter: () => void): () => void {
    if (this.#free > 0) {
      this.#free--;
      enter();
      return () => this.#passOn();
    }
    let hasEntered = false;
    const place = this.#join(() => {
      hasEntered = true;
      enter();
    });
    return () => (hasEntered ? this.#passOn() : this.#leave(place));
  }

  #passOn(): void {
    const next = this.#first;
    if (!next) {
      this.#free++;
      return;
    }
    this.#leave(next);
    next.onTurn();
  }

  #join(onTurn: () => void): Place {
    const place: Place = { onTurn, before: this.#last, behind: null };
    if (this.#last) this.#last.behind = place;
    else this.#first = place;
    this.#last = place;
    this.#waiting++;
    return place;
  }

  #leave(place: Place): void {
    const { before, behind } = place;
    if (before) before.behind = behind;
    else this.#first = behind;
    if (behind) behind.before = before;
    else this.#last = before;
    // One that has left would keep all who come after it.
    place.before = null;
    place.behind = null;
    this.#waiting--;
  }
}
