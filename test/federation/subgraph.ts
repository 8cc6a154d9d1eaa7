/** A subgraph as a composer takes it. */

export interface Subgraph {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
}
