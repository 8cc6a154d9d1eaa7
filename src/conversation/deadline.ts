/** A time limit that holds even if one of the clocks stops or is set back. */

/**
 * Passes as soon as it does on one of two clocks: the monotonic clock may stop while a virtual machine is suspended, and the wall
 * clock may be set back.
 */
export class Deadline {
  readonly #monotonic: number;
  readonly #wall: number;

  /** @param milliseconds - From now. */
  constructor(milliseconds: number) {
    this.#monotonic = performance.now() + milliseconds;
    this.#wall = Date.now() + milliseconds;
  }

  /** In milliseconds; 0 or less once the deadline has passed. */
  get remaining(): number {
    return Math.min(this.#monotonic - performance.now(), this.#wall - Date.now());
  }

  get hasPassed(): boolean {
    return this.remaining <= 0;
  }
}
