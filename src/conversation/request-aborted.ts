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

/** Resolves as the promise does; rejects with CallerGone if the caller goes away before. */
export async function whilePresent<Value>(presence: Presence, promise: Promise<Value>): Promise<Value> {
  if (presence.isGone) throw new CallerGone();
  const { promise: gone, reject } = Promise.withResolvers<never>();
  const stop = presence.onGone(() => reject(new CallerGone()));
  try {
    return await Promise.race([promise, gone]);
  } finally {
    stop();
  }
}
