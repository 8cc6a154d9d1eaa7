/** A client on one connection that writes bytes on demand and reads responses one by one. */

import { connect, type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { head } from '../multipart-body.ts';
import { patienceMs } from '../until.ts';

export interface RawAnswer {
  readonly status: number;
  /** The lines of the head, unchanged. */
  readonly head: string;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly body: any;
}

export class RawClient {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #isClosed = false;
  #wake: () => void = () => {};

  constructor(origin: string) {
    const { hostname, port } = new URL(origin);
    this.#socket = connect(Number(port), hostname);
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#wake();
    });
    // A server that rejects the rest of a body may reset the connection: the test sees that it is closed.
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
    onTestFinished(() => this.goAway());
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Received text that was not read as a response. */
  get rest(): string {
    return this.#received.toString();
  }

  /** Resolves when the operating system has accepted the bytes. */
  write(...pieces: readonly (string | Buffer)[]): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((resolve) =>
      this.#socket.write(Buffer.concat(pieces.map((it) => Buffer.from(it))), () => resolve()),
    );
  }

  /** The next response; rejects if none arrives. */
  async answer(): Promise<RawAnswer> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const answer = this.#take();
      if (answer) return answer;
      if (this.#isClosed) throw new Error(`The connection was closed after: ${JSON.stringify(this.rest)}`);
      if (performance.now() > deadline)
        throw new Error(`No response arrived, but: ${JSON.stringify(this.rest)}`);
      await this.#change(deadline);
    }
  }

  /** Rejects if the server leaves the connection open. */
  async closed(): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (!this.#isClosed) {
      if (performance.now() > deadline) throw new Error(`The connection stays open after: ${this.rest}`);
      await this.#change(deadline);
    }
  }

  /** Call this only when no response can be on its way. */
  async expectIdle(forMs = 60): Promise<void> {
    await sleep(forMs);
    expect(this.rest).toBe('');
    expect(this.#isClosed).toBe(false);
  }

  /** Checks that the connection serves another request, or is closed. */
  async expectUsableOrClosed(): Promise<'usable' | 'closed'> {
    await this.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
    const outcome = await this.answer().catch((error: Error) => {
      if (this.#isClosed) return null;
      throw error;
    });
    if (outcome === null) return 'closed';
    expect(outcome).toMatchObject({ status: 200, text: 'alive\n' });
    return 'usable';
  }

  /** Ends the sending half of the connection, and still reads. */
  end(): void {
    this.#socket.end();
  }

  goAway(): void {
    this.#socket.destroy();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  #change(deadline: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, deadline - performance.now()) + 1);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #take(): RawAnswer | null {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end === -1) return null;
    const top = this.#received.toString('latin1', 0, end);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(top)?.[1]);
    const start = end + 4;
    if (status < 200) {
      this.#received = this.#received.subarray(start);
      return this.#take();
    }
    const length = /^content-length: (\d+)/im.exec(top)?.[1];
    const body =
      length === undefined ? unchunk(this.#received, start) : fixed(this.#received, start, Number(length));
    if (!body) return null;
    this.#received = this.#received.subarray(body.end);
    const text = body.bytes.toString();
    return {
      status,
      head: top,
      text,
      body: /^content-type: application\/[a-z-+]*json/im.test(top) ? JSON.parse(text) : null,
    };
  }
}

interface Body {
  readonly bytes: Buffer;
  readonly end: number;
}

function fixed(bytes: Buffer, start: number, length: number): Body | null {
  const end = start + length;
  return bytes.length < end ? null : { bytes: bytes.subarray(start, end), end };
}

function unchunk(bytes: Buffer, start: number): Body | null {
  const chunks: Buffer[] = [];
  for (let at = start; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line === -1) return null;
    const length = Number.parseInt(bytes.toString('latin1', at, line), 16);
    at = line + 2;
    if (bytes.length < at + length + 2) return null;
    if (length === 0) return { bytes: Buffer.concat(chunks), end: at + 2 };
    chunks.push(bytes.subarray(at, at + length));
    at += length + 2;
  }
}

/** Sends a complete body over its own connection, and checks that the connection stays usable or is closed. */
export async function sendForm(
  origin: string,
  body: Buffer,
  headers: Record<string, string | null> = {},
): Promise<RawAnswer> {
  const client = new RawClient(origin);
  await client.write(head(body.length, headers), body);
  const answer = await client.answer();
  await client.expectUsableOrClosed();
  client.goAway();
  return answer;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
