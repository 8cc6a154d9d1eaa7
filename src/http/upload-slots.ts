/** Lets so many uploads be under way at once, and so many of one person. */

import type { Caller } from '../conversation/caller.ts';

/** Each may fill the disk with its files, so more than these have to come again later. */
const maxAtOnce = 64;

/** Who calls with a JWT is one person; a server, or a token of Dashly's, may upload for many. */
const maxOfPerson = 8;

export class UploadSlots {
  #taken = 0;
  readonly #takenBy = new Map<string, number>();

  /** Returns what gives the slot back; null where there is none. */
  take(caller: Caller | null): (() => void) | null {
    const person = caller?.kind === 'jwt' ? caller.id : null;
    if (this.#taken >= maxAtOnce || (person !== null && this.#of(person) >= maxOfPerson)) return null;
    this.#count(person, 1);
    return () => this.#count(person, -1);
  }

  #of(person: string): number {
    return this.#takenBy.get(person) ?? 0;
  }

  #count(person: string | null, change: 1 | -1): void {
    this.#taken += change;
    if (person === null) return;
    const left = this.#of(person) + change;
    if (left > 0) this.#takenBy.set(person, left);
    else this.#takenBy.delete(person);
  }
}
