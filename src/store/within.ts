/** A time limit for a response of Redis. */

export class NoResponse extends Error {
  constructor() {
    super('Redis did not respond in time.');
  }
}

/** Rejects with `NoResponse` after the time. */
export async function within<Value>(milliseconds: number, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    // If the event loop was blocked, the response may be buffered already; let pending reads run before timing out.
    timer = setTimeout(() => setImmediate(() => reject(new NoResponse())), milliseconds);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
