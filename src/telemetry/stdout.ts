/** Writes the lines of the log to stdout in the background, and at exit for at most a second. */

import { setTimeout as delay } from 'node:timers/promises';
import sonicBoom from 'sonic-boom';

/** Further lines are dropped: a stuck reader must not fill the memory. */
const maxBufferedBytes = 16 * 1024 * 1024;

/** Lines are collected for this time, in milliseconds: a write takes longer than formatting a line. */
const collectMs = 10;

/** Time between two attempts to write to a full pipe, in milliseconds. */
const retryMs = 10;

/** Lines of this size, in characters, are written at once. */
const maxCollected = 16 * 1024;

/** Time for the flush at exit, in milliseconds. */
const maxFlushMs = 1_000;

export interface Stdout {
  /** Buffers one line with its line feed. */
  write(line: string): void;
  /** Resolves when all lines are written, or after a second. Later lines are written unless the process exits. */
  close(): Promise<void>;
}

/**
 * `onDropped` gets the number of dropped lines once there is space again. Not `pino.destination`: its exit hook never returns if
 * the disk is full or the reader is stuck.
 */
export function openStdout(onDropped: (lines: number) => void): Stdout {
  // Reading this property makes Node open the stream, and a pipe non-blocking; a write to a stuck reader would block the exit.
  void process.stdout.writable;
  let collected = '';
  let timer: NodeJS.Timeout | null = null;
  let dropped = 0;
  /** When the flush at exit gives up. */
  let deadline: number | null = null;
  let isExiting = false;
  const mayWait = () => deadline !== null && performance.now() < deadline;
  const sonic = new sonicBoom.SonicBoom({
    fd: 1,
    maxLength: maxBufferedBytes,
    // sonic-boom's own retry blocks for 100 ms: only at exit, when no timer can run.
    retryEAGAIN: () => isExiting && mayWait(),
  });

  sonic.on('drop', (lines: string) => {
    dropped += lines.split('\n').length - 1;
  });
  sonic.on('drain', reportDropped);
  // Lines that were not written stay buffered. If the disk is full or the reader has exited, the next line retries.
  sonic.on('error', (error) => {
    if (isFull(error)) writeSoon(retryMs);
  });
  process.on('exit', flushSync);

  function writeSoon(milliseconds: number): void {
    timer ??= setTimeout(writeNow, milliseconds).unref();
  }

  function writeNow(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    const lines = collected;
    collected = '';
    if (lines === '') sonic.flush();
    else sonic.write(lines);
  }

  function reportDropped(): void {
    if (dropped === 0) return;
    const count = dropped;
    dropped = 0;
    onDropped(count);
  }

  function flushSync(): void {
    isExiting = true;
    deadline ??= performance.now() + maxFlushMs;
    try {
      writeNow();
      sonic.flushSync();
      reportDropped();
      writeNow();
      sonic.flushSync();
    } catch {
      // The disk is full, or the reader is stuck or has exited.
    }
  }

  return {
    write(line) {
      collected += line;
      if (collected.length >= maxCollected) writeNow();
      else writeSoon(collectMs);
    },
    async close() {
      deadline = performance.now() + maxFlushMs;
      const flush = () => new Promise<unknown>((resolve) => sonic.flush(resolve));
      while (mayWait()) {
        writeNow();
        const error = await flush();
        if (isFull(error)) await delay(retryMs);
        else if (error || collected === '') break;
      }
      process.off('exit', flushSync);
    },
  };
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
