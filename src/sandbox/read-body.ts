/** Reads a request's body into memory, up to a limit. */
import type { IncomingMessage } from 'node:http';

/**
 * The whole body, or null where it is longer than `maxBytes`; then it is read to its end all the same and
 * thrown away, because a client that is still sending may miss an answer that comes early.
 * Throws where the client breaks off.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks = [];
  }
  return size <= maxBytes ? Buffer.concat(chunks) : null;
}
