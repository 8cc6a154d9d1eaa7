/** A time limit for a response of Redis. */

export class NoResponse extends Error {
  constructor() {
    super('Redis did not respond in time.');
  }
}

/** In milliseconds. */
export const responseTimeoutMs = 1_000;

/** Rejects with `NoResponse` after `responseTimeoutMs`. */
export async function within<Value>(promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    // If the event loop was blocked, the response may be buffered already; let pending reads run before timing out.
    timer = setTimeout(() => setImmediate(() => reject(new NoResponse())), responseTimeoutMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
