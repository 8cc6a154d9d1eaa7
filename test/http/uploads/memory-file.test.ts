/** A file in memory has the received bytes, and frees its memory when no reader can be using it. */

import { expect, test } from 'vitest';
import { MemoryFile } from '../../../src/http/uploads/memory-file.ts';

function fill(...texts: readonly string[]): MemoryFile {
  const file = new MemoryFile(100);
  for (const text of texts) {
    const memory = Buffer.from(text);
    expect(file.write(memory)).toBe(true);
    memory.fill('!');
  }
  return file;
}

test.each([[[]], [['']], [['abc']], [['a', 'bc', 'd'.repeat(97)]]])('reads back %j', async (texts) => {
  const { open } = await fill(...texts).finish();
  for (const _time of [1, 2]) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of open()) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe(texts.join(''));
  }
});

test('frees its memory after it was read, or if it never was', async () => {
  for (const isRead of [true, false]) {
    const file = fill('abc');
    const { open } = await file.finish();
    const [kept] = await Array.fromAsync(open());
    if (isRead) for await (const _chunk of open());
    await file.remove();
    expect(kept?.byteLength).toBe(0);
    await file.remove();
  }
});

test('keeps its memory if a reader stopped early', async () => {
  for (const doesStop of [true, false]) {
    const file = fill('abc');
    const { open } = await file.finish();
    const reader = open()[Symbol.asyncIterator]();
    const { value } = await reader.next();
    if (doesStop) await reader.return?.();
    await file.remove();
    expect(Buffer.from(value).toString()).toBe('abc');
  }
});
