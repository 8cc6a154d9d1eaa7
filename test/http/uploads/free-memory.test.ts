/** Memory is freed only if nothing else uses it. */

import { createServer } from 'node:http';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { freeMemory } from '../../../src/http/uploads/free-memory.ts';

test('frees bytes with their own memory', () => {
  const bytes = Buffer.allocUnsafeSlow(1_000);
  const { buffer } = bytes;
  for (const _time of [1, 2]) {
    freeMemory(bytes);
    expect({ length: bytes.length, isFree: buffer.detached }).toEqual({ length: 0, isFree: true });
  }
});

test.each([
  ['a part of other bytes', Buffer.allocUnsafeSlow(10).fill('abcdefghij').subarray(2, 5), 'cde'],
  ['the memory that Node shares between small buffers', Buffer.from('abc'), 'abc'],
  ['memory that is shared with a thread', Buffer.from(new SharedArrayBuffer(3)).fill('abc'), 'abc'],
])('does not free %s', (_title, bytes, text) => {
  freeMemory(bytes);
  expect(bytes.toString()).toBe(text);
});

test('a chunk of a request body is a copy of the network buffer, which may still be in use', async () => {
  const { promise: arrived, resolve } = Promise.withResolvers<Buffer>();
  const server = createServer((request) => request.on('data', resolve));
  const connection = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  server.emit('connection', connection);
  connection.push('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 8\r\n\r\n');
  const came = Buffer.allocUnsafeSlow(8).fill('the body');
  connection.push(came);
  const chunk = await arrived;
  freeMemory(chunk);
  expect([chunk.toString(), came.toString()]).toEqual(['', 'the body']);
  connection.destroy();
});
