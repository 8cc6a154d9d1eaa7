/** Ends the handling of a request whose client disconnects before its reply is sent. */

/** The client disconnected before anything was sent, so nothing is sent and the request gets no response. */
export class RequestAborted extends Error {
  constructor() {
    super('The client disconnected before anything was sent.');
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
