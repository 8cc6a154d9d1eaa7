/** `flush` resolves when everything that was written is sent. */

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { buildConnector, type Dispatcher } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { HttpConnection } from '../../../src/dashly/connections/connection.ts';
import { until } from '../../support/until.ts';
import { startTcpUpstream } from '../../support/upstream/start-upstream.ts';

const size = 20_000_000;

/** Below the high-water mark of the socket: `write` returns true although the buffers are full. */
const smallBlock = Buffer.alloc(20_000);

type CreateBody = (connection: HttpConnection) => Buffer | AsyncIterable<Buffer>;

/** Writes more than all buffers hold to a server that does not read yet. */
async function stuff(
  createBody: CreateBody = () => Buffer.alloc(size),
): Promise<{ connection: HttpConnection; socket: Socket }> {
  const { promise: connected, resolve } = Promise.withResolvers<Socket>();
  const url = await startTcpUpstream((socket) => resolve(socket.pause()));
  const connection = new HttpConnection(url, buildConnector({ allowH2: false }));
  onTestFinished(() => connection.destroy());
  // Not connected yet, so there is nothing to flush.
  await connection.flush();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: () => begin(),
    onResponseStart() {},
    onResponseData() {},
    onResponseEnd() {},
    onResponseError() {},
  };
  // undici sends an async iterable too, but its type does not include one.
  const body = createBody(connection) as Buffer;
  const headers = { 'content-length': String(size) };
  connection.dispatch({ method: 'POST', path: '/', headers, body }, handler);
  await begun;
  return { connection, socket: await connected };
}

const stateOf = (promise: Promise<void>): Promise<string> =>
  Promise.race([promise.then(() => 'flushed'), delay(100, 'pending')]);

test('waits until the server reads', async () => {
  const { connection, socket } = await stuff();
  const flushed = connection.flush();
  expect(await stateOf(flushed)).toBe('pending');
  socket.resume();
  await flushed;
  expect(socket.bytesRead).toBeGreaterThan(size / 2);
});

test('resolves when the connection breaks', async () => {
  const { connection, socket } = await stuff();
  const flushed = connection.flush();
  expect(await stateOf(flushed)).toBe('pending');
  socket.resetAndDestroy();
  await Promise.all([once(socket, 'close'), flushed]);
});

describe('after a block that is too small for the event `drain`', () => {
  /** Resolves when `flush` waits, which it must do without polling. */
  async function stuffWithSmallBlocks() {
    const upload = { isDone: false };
    let flushing: EventLoopUtilization | null = null;
    const { connection, socket } = await stuff(async function* (connection) {
      for (let sent = 0; sent < size; sent += smallBlock.length) {
        yield smallBlock;
        flushing = performance.eventLoopUtilization();
        await connection.flush();
        flushing = null;
      }
      upload.isDone = true;
    });
    await until(() => {
      // The event loop is never idle while something polls.
      const { idle } = flushing ? performance.eventLoopUtilization(flushing) : { idle: 0 };
      expect(idle).toBeGreaterThan(50);
    });
    expect(upload.isDone).toBe(false);
    return { connection, socket, upload };
  }

  test('waits idly until the server reads', async () => {
    const { socket, upload } = await stuffWithSmallBlocks();
    socket.resume();
    await until(() => expect(upload.isDone).toBe(true));
    await until(() => expect(socket.bytesRead).toBeGreaterThan(size));
  });

  test.each<[name: string, close: (connection: HttpConnection, socket: Socket) => void]>([
    ['server', (_connection, socket) => socket.resetAndDestroy()],
    ['gateway', (connection) => connection.destroy()],
  ])('resolves when the %s closes the connection', async (_name, close) => {
    const { connection, socket } = await stuffWithSmallBlocks();
    const flushed = connection.flush();
    close(connection, socket);
    await flushed;
  });
});
