/** The errors of one execution. */

import type { GraphQLError } from 'graphql';

interface Position<Self> {
  readonly parent: Self | null;
}

export class CollectedErrors<Info extends Position<Info>> {
  readonly list: GraphQLError[] = [];
  #positions: Set<Info | null> | null = null;

  /** `position` becomes null in the response; null stands for the whole response. An error below an earlier null is dropped. */
  add(error: GraphQLError, position: Info | null): void {
    this.#positions ??= new Set();
    for (let at = position; at !== null; at = at.parent) if (this.#positions.has(at)) return;
    if (this.#positions.has(null)) return;
    this.#positions.add(position);
    this.list.push(error);
  }
}
