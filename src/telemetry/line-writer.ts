/** Writes lines to a descriptor without waiting for whoever reads there; those that come about the same time go together. */

import { write, writeSync } from 'node:fs';

/** Characters of lines that nobody takes; beyond them lines are dropped, or a stuck reader would fill the memory. */
const maxWaiting = 16 * 1024 * 1024;

/** How long the first of them waits for others, in milliseconds: each write takes longer than a line takes to make. */
const gatheringMs = 10;

/** Characters of lines that are worth a write at once. */
const enough = 64 * 1024;

/** Until the next try where a pipe is full, in milliseconds. */
const pauseMs = 5;

/** For the tries of a process that ends. */
const maxTries = 200;

/** Takes one line at a time, with its end. */
export interface LineStream {
  write(line: string): void;
}

export class LineWriter implements LineStream {
  readonly #descriptor: number;
  /** Makes the line that stands for lines that were dropped. */
  readonly #describeLoss: (count: number) => string;
  #waiting = '';
  /** What is being written. */
  #chunk: Buffer | null = null;
  /** What waits for its next try. */
  #delayed: Buffer | null = null;
  #dropped = 0;
  #gathering: NodeJS.Timeout | null = null;
  #onEmpty: (() => void)[] = [];
  readonly #onExit = () => this.#writeRest();

  constructor(descriptor: number, describeLoss: (count: number) => string) {
    this.#descriptor = descriptor;
    this.#describeLoss = describeLoss;
    process.on('exit', this.#onExit);
  }

  write(line: string): void {
    if (this.#waiting.length + line.length > maxWaiting) this.#dropped++;
    else this.#waiting += line;
    if (!this.#chunk) this.#gather();
  }

  /** Resolves when all lines are written, or lost to an error such as a full disk. Lines may come even later. */
  async close(): Promise<void> {
    if (this.#gathering) this.#writeNext();
    if (this.#chunk) await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  /** Waits a little for more lines, unless these are enough or somebody waits for the end. */
  #gather(): void {
    if (this.#waiting.length >= enough || this.#onEmpty.length > 0) this.#writeNext();
    else if (this.#waiting !== '' || this.#dropped > 0) {
      this.#gathering ??= setTimeout(() => this.#writeNext(), gatheringMs);
    }
  }

  #writeNext(): void {
    if (this.#gathering) clearTimeout(this.#gathering);
    this.#gathering = null;
    if (this.#waiting === '' && this.#dropped === 0) {
      this.#chunk = null;
      for (const resolve of this.#onEmpty.splice(0)) resolve();
      return;
    }
    this.#chunk = this.#take();
    this.#writeChunk(this.#chunk);
  }

  #take(): Buffer {
    const loss = this.#dropped > 0 ? this.#describeLoss(this.#dropped) : '';
    const chunk = Buffer.from(this.#waiting + loss);
    this.#waiting = '';
    this.#dropped = 0;
    return chunk;
  }

  #writeChunk(chunk: Buffer): void {
    this.#chunk = chunk;
    write(this.#descriptor, chunk, (error, written) => {
      const rest = error ? chunk : chunk.subarray(written);
      // A full pipe takes what its reader has read by now, a page at a time if it is asked at once.
      if (error?.code === 'EAGAIN' || (!error && rest.length > 0)) {
        this.#delayed = rest;
        setTimeout(() => this.#writeDelayed(), pauseMs);
      }
      // A full disk, or a reader that is gone: a gateway without a log is better than none.
      else {
        this.#chunk = null;
        this.#gather();
      }
    });
  }

  #writeDelayed(): void {
    const chunk = this.#delayed;
    this.#delayed = null;
    if (chunk) this.#writeChunk(chunk);
  }

  /** Where the process ends on a sudden. What is being written is with the operating system. */
  #writeRest(): void {
    let rest = Buffer.concat([this.#delayed ?? Buffer.alloc(0), this.#take()]);
    for (let tries = 0; rest.length > 0 && tries < maxTries; tries++) {
      try {
        rest = rest.subarray(writeSync(this.#descriptor, rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
      }
    }
  }
}
