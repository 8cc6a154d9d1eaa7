/** What starts a router gives back. */

export interface Router {
  /** The GraphQL endpoint. */
  readonly url: string;
  /** Rejects where the router did not end well. */
  stop(): Promise<void>;
}
