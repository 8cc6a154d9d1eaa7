/** Reports an outage once, however many connections and errors it has, and its end. */

/** What one connection, or one other source, has to do with it. */
export interface OutagePart {
  begin(error: unknown): void;
  end(): void;
}

export class Outage {
  readonly #onBegin: (error: Error) => void;
  readonly #onEnd: () => void;
  readonly #affected = new Set<OutagePart>();

  constructor(onBegin: (error: Error) => void, onEnd: () => void) {
    this.#onBegin = onBegin;
    this.#onEnd = onEnd;
  }

  addPart(): OutagePart {
    const part: OutagePart = {
      begin: (error) => {
        if (this.#affected.size === 0) this.#onBegin(error as Error);
        this.#affected.add(part);
      },
      end: () => {
        if (this.#affected.delete(part) && this.#affected.size === 0) this.#onEnd();
      },
    };
    return part;
  }
}
