/** Reports each outage and its end once, for all connections and errors. At most one a minute is reported. */

/** One source of errors, such as a connection. */
export interface OutagePart {
  begin(error: unknown): void;
  end(): void;
}

/** Errors and successes may alternate: if the memory of Redis is full, only writes fail. */
const reportIntervalMs = 60_000;

export class Outage {
  readonly #onBegin: (error: Error) => void;
  readonly #onEnd: () => void;
  readonly #affected = new Set<OutagePart>();
  #isReported = false;
  /** By `performance.now()`. */
  #nextReportAt = 0;

  constructor(onBegin: (error: Error) => void, onEnd: () => void) {
    this.#onBegin = onBegin;
    this.#onEnd = onEnd;
  }

  addPart(): OutagePart {
    const part: OutagePart = {
      begin: (error) => {
        this.#affected.add(part);
        this.#reportBegin(error as Error);
      },
      end: () => {
        if (this.#affected.delete(part) && this.#affected.size === 0) this.#reportEnd();
      },
    };
    return part;
  }

  /** An outage that lasts is reported later, by one of its next errors. */
  #reportBegin(error: Error): void {
    const now = performance.now();
    if (this.#isReported || now < this.#nextReportAt) return;
    this.#isReported = true;
    this.#nextReportAt = now + reportIntervalMs;
    this.#onBegin(error);
  }

  #reportEnd(): void {
    if (!this.#isReported) return;
    this.#isReported = false;
    this.#onEnd();
  }
}
