/** A list that forgets its oldest items, so that a sandbox may be left running for weeks. */

/** Keeps the newest items within a count and a total weight; the newest one stays, however heavy. */
export class BoundedLog<Item> {
  /** What is remembered, oldest first: always this same array, so a holder sees later items too. */
  readonly items: Item[] = [];
  readonly #weights: number[] = [];
  readonly #maxItems: number;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor({ maxItems, maxBytes }: { maxItems: number; maxBytes: number }) {
    this.#maxItems = maxItems;
    this.#maxBytes = maxBytes;
  }

  /** Adds an item that weighs so many bytes, and drops from the old end what no longer fits. */
  add(item: Item, bytes: number): void {
    this.items.push(item);
    this.#weights.push(bytes);
    this.#bytes += bytes;
    while (this.items.length > 1 && (this.items.length > this.#maxItems || this.#bytes > this.#maxBytes)) {
      this.items.shift();
      this.#bytes -= this.#weights.shift() ?? 0;
    }
  }
}
