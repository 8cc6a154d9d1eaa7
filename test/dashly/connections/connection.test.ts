/** `flush` resolves when everything that was written is sent. */

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { buildConnector, type Dispatcher } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { HttpConnection } from '../../../src/dashly/connections/connection.ts';
import { startTcpUpstream } from '../../support/upstream/start-upstream.ts';

const size = 20_000_000;

/** Writes more than all buffers hold to a server that does not read yet. */
async function stuff(): Promise<{ connection: HttpConnection; socket: Socket }> {
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
  connection.dispatch({ method: 'POST', path: '/', body: Buffer.alloc(size) }, handler);
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
