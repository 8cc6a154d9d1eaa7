/** A tunnel through a proxy has a time limit, and the target that HTTP asks for. */

import { once } from 'node:events';
import { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { expect, test } from 'vitest';
import { createTunnelConnector } from '../../../src/dashly/connections/tunnel.ts';
import { until } from '../../support/until.ts';
import { startTcpUpstream } from '../../support/upstream/start-upstream.ts';

/** Connects to `hostname` through a proxy. What follows in the tunnel does not matter. */
async function connectTo(hostname: string, timeoutMs: number) {
  const { promise: proxySide, resolve } = Promise.withResolvers<Socket>();
  const proxy = await startTcpUpstream(resolve);
  const ends: (Error | null)[] = [];
  const inTunnel: buildConnector.connector = (_options, callback) => callback(null, new Socket());
  const connect = createTunnelConnector(new URL(proxy), inTunnel, timeoutMs);
  const options = { hostname, protocol: 'https:', port: '' };
  connect(options, (...[error]) => ends.push(error));
  const socket = await proxySide;
  const [request] = await once(socket, 'data');
  return { socket, request: String(request), ends };
}

test('a proxy that sends single bytes does not extend the time limit', async () => {
  const { socket, ends } = await connectTo('api.dashly.app', 500);
  socket.write('HTTP/1.1 200 OK\r\nX: ');
  const sending = setInterval(() => socket.write('x'), 50);
  await until(() => expect(ends).toEqual([expect.objectContaining({ code: 'PROXY_TIMEOUT' })]));
  clearInterval(sending);
  await until(() => expect(socket.closed).toBe(true));
});

test.each([
  ['api.dashly.app', 'api.dashly.app:443'],
  ['127.0.0.1', '127.0.0.1:443'],
  ['::1', '[::1]:443'],
])('the target of a tunnel to %s is %s', async (hostname, target) => {
  const { socket, request, ends } = await connectTo(hostname, 10_000);
  expect(request).toMatch(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n`);
  socket.write('HTTP/1.1 200 OK\r\n\r\n');
  await until(() => expect(ends).toEqual([null]));
});
