/** A running router. */

export interface Router {
  /** The GraphQL endpoint. */
  readonly url: string;
  /** Rejects if the router did not stop normally. */
  stop(): Promise<void>;
}
