/** The ways in which a sandbox can answer a call, the broken ones among them. */

/** What happens on the wire once a request has been read. */
export type Answer =
  /** A whole HTTP answer, after `delayMs` milliseconds where that is set. */
  | {
      kind: 'send';
      status: number;
      headers: Readonly<Record<string, string>>;
      body: string;
      delayMs?: number;
    }
  /** Headers that promise all of `body`, half of it, then the end of the connection. */
  | { kind: 'cut-off'; body: string }
  /** Status and headers of a success, then nothing for as long as the connection lasts. */
  | { kind: 'silence-after-headers' }
  /** Nothing for as long as the connection lasts. */
  | { kind: 'silence' }
  /** Bytes that are no HTTP, then the end of the connection. */
  | { kind: 'garbage' }
  /** The end of the connection (FIN) without an answer. */
  | { kind: 'hang-up' }
  /** The connection reset (RST) without an answer. */
  | { kind: 'reset' };
