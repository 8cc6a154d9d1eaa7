/** A connection knows when what was written over it is out. */

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { buildConnector, type Dispatcher } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { HttpConnection } from '../../src/dashly/connection.ts';
import { startTcpUpstream } from '../start-upstream.ts';

const size = 20_000_000;

/** More than fits on the way is written to a server that reads nothing yet. */
async function stuff(): Promise<{ connection: HttpConnection; socket: Socket }> {
  const { promise: connected, resolve } = Promise.withResolvers<Socket>();
  const url = await startTcpUpstream((socket) => resolve(socket.pause()));
  const connection = new HttpConnection(url, buildConnector({ allowH2: false }));
  onTestFinished(() => connection.destroy());
  // It was not even made, and there is nothing to wait for.
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
  Promise.race([promise.then(() => 'out'), delay(100, 'on its way')]);

test('what nobody reads is not out, until somebody does', async () => {
  const { connection, socket } = await stuff();
  const flushed = connection.flush();
  expect(await stateOf(flushed)).toBe('on its way');
  socket.resume();
  await flushed;
  expect(socket.bytesRead).toBeGreaterThan(size / 2);
});

test('nobody waits for what will never be', async () => {
  const { connection, socket } = await stuff();
  const flushed = connection.flush();
  expect(await stateOf(flushed)).toBe('on its way');
  socket.resetAndDestroy();
  await Promise.all([once(socket, 'close'), flushed]);
});
