/** A list that drops its oldest items, so that a sandbox can run for weeks. */

/** Keeps the newest items within a count and a total size; always keeps the newest one. */
export class BoundedLog<Item> {
  /** Oldest first. Always the same array, so a reference to it sees later items too. */
  readonly items: Item[] = [];
  readonly #sizes: number[] = [];
  readonly #maxItems: number;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor({ maxItems, maxBytes }: { maxItems: number; maxBytes: number }) {
    this.#maxItems = maxItems;
    this.#maxBytes = maxBytes;
  }

  /** Adds an item of this size, and drops the oldest ones that no longer fit. */
  add(item: Item, bytes: number): void {
    this.items.push(item);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    while (this.items.length > 1 && (this.items.length > this.#maxItems || this.#bytes > this.#maxBytes)) {
      this.items.shift();
      this.#bytes -= this.#sizes.shift() ?? 0;
    }
  }
}
