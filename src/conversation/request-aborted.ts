/** What happens if a client goes away before its reply is sent. */

/** The client went away before anything was sent, so nothing is sent, and no response is read. */
export class RequestAborted extends Error {
  constructor() {
    super('The client went away before anything was sent.');
  }
}

/** Settles as the promise does; rejects with `RequestAborted` if the signal aborts first. */
export async function unlessAborted<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  if (signal.aborted) throw new RequestAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(new RequestAborted());
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
