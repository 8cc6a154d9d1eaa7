/** A subgraph as a composer expects it. */

export interface Subgraph {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
}
