/** Lets so many replies at a time have a connection; so many others wait in line, and leave it when their time is up. */

/** Where connections come from, and where those go that are spent. */
export interface Source<Connection> {
  open(): Connection;
  discard(connection: Connection): void;
}

/** A place in the line. */
interface Place<Connection> {
  readonly onTurn: (connection: Connection) => void;
  before: Place<Connection> | null;
  behind: Place<Connection> | null;
}

/** Ends a turn; `isSpent` where the connection is of no use to another one. To be called once. */
export type Release = (isSpent?: boolean) => void;

export class Slots<Connection> {
  readonly #count: number;
  readonly #maxWaiting: number;
  readonly #source: Source<Connection>;
  /** Those that nobody has at the moment, the one that was used last at the end. */
  readonly #idle: Connection[] = [];
  #inUse = 0;
  /** The line is a chain rather than a Set, for the reason that `InFlight` in `http` has. */
  #first: Place<Connection> | null = null;
  #last: Place<Connection> | null = null;
  #waiting = 0;

  constructor(count: number, maxWaiting: number, source: Source<Connection>) {
    this.#count = count;
    this.#maxWaiting = maxWaiting;
    this.#source = source;
  }

  /** How many have a connection. */
  get inUse(): number {
    return this.#inUse;
  }

  /** How many wait for one. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Whether one more would have to wait where nobody may. */
  get isFull(): boolean {
    return this.#inUse === this.#count && this.#waiting >= this.#maxWaiting;
  }

  /**
   * Calls `enter` at once or when its turn comes. Returns what ends that: it gives the connection to the next in line, or
   * leaves the line where the turn has not come yet.
   */
  take(enter: (connection: Connection) => void): Release {
    if (this.#inUse < this.#count) {
      this.#inUse++;
      const connection = this.#connection();
      enter(connection);
      return (isSpent = false) => this.#passOn(connection, isSpent);
    }
    let given: Connection | null = null;
    const place = this.#join((connection) => {
      given = connection;
      enter(connection);
    });
    return (isSpent = false) => (given === null ? this.#leave(place) : this.#passOn(given, isSpent));
  }

  #passOn(connection: Connection, isSpent: boolean): void {
    if (isSpent) this.#source.discard(connection);
    else this.#idle.push(connection);
    const next = this.#first;
    if (!next) {
      this.#inUse--;
      return;
    }
    this.#leave(next);
    next.onTurn(this.#connection());
  }

  #connection(): Connection {
    return this.#idle.pop() ?? this.#source.open();
  }

  #join(onTurn: (connection: Connection) => void): Place<Connection> {
    const place: Place<Connection> = { onTurn, before: this.#last, behind: null };
    if (this.#last) this.#last.behind = place;
    else this.#first = place;
    this.#last = place;
    this.#waiting++;
    return place;
  }

  #leave(place: Place<Connection>): void {
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
