/** A moment after which something must not begin any more. */

/**
 * Judged by two clocks, and over as soon as one of them says so: the monotonic one may stand still while a virtual machine is suspended, and the
 * wall clock may be set back.
 */
export class Deadline {
  readonly #monotonic: number;
  readonly #wall: number;

  /** @param milliseconds - From now on. */
  constructor(milliseconds: number) {
    this.#monotonic = performance.now() + milliseconds;
    this.#wall = Date.now() + milliseconds;
  }

  /** In milliseconds; 0 or less once it is over. */
  get remaining(): number {
    return Math.min(this.#monotonic - performance.now(), this.#wall - Date.now());
  }

  get isOver(): boolean {
    return this.remaining <= 0;
  }
}
