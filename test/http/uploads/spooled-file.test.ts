/** A file on disk has the received bytes, uses little memory while it is written and read, and leaves nothing behind. */

import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { SpooledFile } from '../../../src/http/uploads/spooled-file.ts';
import { watchSpool } from '../../support/gateway/watch-spool.ts';
import { noise } from '../../support/noise.ts';
import { until } from '../../support/until.ts';

const KiB = 1024;
const spool = watchSpool();
afterEach(() => spool.becomesEmpty());

/** Writes in chunks of this size, whose memory is reused at once, and waits while the file is not ready for more. */
async function fill(bytes: Buffer, chunkSize: number): Promise<SpooledFile> {
  let onReady = () => {};
  const file = new SpooledFile(() => onReady());
  const memory = Buffer.alloc(chunkSize);
  for (let at = 0; at < bytes.length; at += chunkSize) {
    const length = bytes.copy(memory, 0, at);
    const ready = new Promise<void>((resolve) => {
      onReady = resolve;
    });
    if (!file.write(memory.subarray(0, length))) await ready;
  }
  return file;
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const chunk of chunks) copies.push(Buffer.from(chunk));
  return Buffer.concat(copies);
}

test.each([
  [0, 1],
  [1, 1],
  [1_000, 7],
  [128 * KiB, 64 * KiB],
  [128 * KiB + 1, 64 * KiB],
  [3_000_000, 65_535],
  [3_000_000, 3_000_000],
])('reads back %i bytes written in chunks of %i, repeatedly', async (size, chunkSize) => {
  const file = await fill(noise(size), chunkSize);
  const { open } = await file.finish();
  for (const _time of [1, 2]) expect((await bytesOf(open())).equals(noise(size))).toBe(true);
  await file.remove();
});

test('unlinks its file, so that it does not outlive the process', async () => {
  const file = new SpooledFile(() => {});
  file.write(noise(300 * KiB));
  const isOpen = [expect.stringContaining(spool.directory)];
  await until(() => expect([spool.open(), readdirSync(spool.directory)]).toEqual([isOpen, []]));
  const { open } = await file.finish();
  expect((await bytesOf(open())).equals(noise(300 * KiB))).toBe(true);
  expect(readdirSync(spool.directory)).toEqual([]);
  await file.remove();
});

test('makes a fast writer wait for the disk', async () => {
  const onReady = vi.fn();
  const file = new SpooledFile(onReady);
  // Nothing is written to disk before this turn of the event loop is over.
  const answers = [128, 127, 1, 1].map((size) => file.write(Buffer.alloc(size * KiB)));
  expect(answers).toEqual([true, true, false, false]);
  expect(onReady).not.toHaveBeenCalled();
  await until(() => expect(onReady).toHaveBeenCalledOnce());
  expect(file.write(Buffer.alloc(KiB))).toBe(true);
  await file.remove();
});

test('frees each block when the next one is read', async () => {
  const file = await fill(noise(300 * KiB), 64 * KiB);
  const { open } = await file.finish();
  const chunks: Uint8Array[] = [];
  for await (const chunk of open()) {
    expect(chunks.map(({ byteLength }) => byteLength)).toEqual(chunks.map(() => 0));
    chunks.push(chunk);
  }
  expect(chunks).toHaveLength(3);
  await file.remove();
});

test.each([0, 1, 20])('can be removed %i ms after a write, finished or not, and twice', async (ms) => {
  for (const isFinished of [false, true]) {
    const file = new SpooledFile(() => {});
    file.write(noise(500 * KiB));
    const finished = isFinished ? file.finish().catch(() => {}) : null;
    await delay(ms);
    await Promise.all([file.remove(), file.remove()]);
    await file.remove();
    if (ms === 20) await finished;
  }
});

test('rejects at its end if it cannot be stored, and does not block the writer', async () => {
  vi.stubEnv('TMPDIR', '/nowhere/at/all');
  const onReady = vi.fn();
  const file = new SpooledFile(onReady);
  expect(file.write(noise(400 * KiB))).toBe(false);
  await until(() => expect(onReady).toHaveBeenCalled());
  vi.unstubAllEnvs();
  expect(file.write(noise(400 * KiB))).toBe(true);
  await expect(file.finish()).rejects.toThrow('ENOENT');
  await file.remove();
});
