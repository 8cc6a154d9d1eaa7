/** Whether a caller is still there to hear the answer. */

export interface Presence {
  readonly isGone: boolean;
  /** Calls `listener` when the caller goes away; returns what ends that. */
  onGone(listener: () => void): () => void;
}

/** The caller went away before anything was sent, so that nothing was; there is nobody to tell. */
export class CallerGone extends Error {
  constructor() {
    super('The caller went away before anything was sent.');
  }
}
