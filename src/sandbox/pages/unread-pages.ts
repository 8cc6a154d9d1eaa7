/** Limits the memory of pages that clients request and do not read. */
import type { ServerResponse } from 'node:http';

/** Of all clients together; the last page may exceed it. */
const maxBytes = 32 * 1024 * 1024;

/** Counts the bytes of pages that are sent and not flushed. */
export class UnreadPages {
  #bytes = 0;

  get isFull(): boolean {
    return this.#bytes >= maxBytes;
  }

  /** Counts a page that was just sent, until it is flushed or its connection is lost. */
  add(response: ServerResponse): void {
    const bytes = response.writableLength;
    // The operating system has accepted all of it, or the connection is lost.
    if (bytes === 0) return;
    this.#bytes += bytes;
    response.once('close', () => {
      this.#bytes -= bytes;
    });
  }
}
