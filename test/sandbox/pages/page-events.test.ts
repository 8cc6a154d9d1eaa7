/** Open pages are notified of every change, and cost little. */

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { PageEvents } from '../../../src/sandbox/pages/page-events.ts';
import { until } from '../../support/until.ts';
import { openEvents } from './open-events.ts';
import { click } from './read-page.ts';
import { startPages, startWithQuestion } from './start-pages.ts';

test('sends an event for every message, every first click and every refusal', async () => {
  const { url, send, path } = await startWithQuestion();
  const events = await openEvents(url);
  expect(events.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(events.response.headers.get('cache-control')).toBe('no-store');
  await send();
  await until(() => expect(events.text().match(/^data: .+\n\n/gm)).toHaveLength(1));
  await click(url, path, '0');
  await until(() => expect(events.text().match(/^data: .+\n\n/gm)).toHaveLength(2));
  await click(url, path, '0');
  await send({ body: '' });
  await send();
  await until(() => expect(events.text().match(/^data: .+\n\n/gm)).toHaveLength(4));
});

test('keeps 100 streams open, and ends the oldest for one more', async () => {
  const { url, send } = await startPages();
  const oldest = await openEvents(url);
  const others: Awaited<ReturnType<typeof openEvents>>[] = [];
  for (let count = 0; count < 100; count++) others.push(await openEvents(url));
  await oldest.ended;
  await send();
  await until(() => {
    for (const { text } of others) expect(text()).toContain('data: ');
  });
});

test('ends the events when the sandbox closes', async () => {
  const { url, close } = await startPages();
  const events = await openEvents(url);
  await close();
  await events.ended;
});

test('does not buffer events for a client that does not read, and closes its stream', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const events = new PageEvents();
  const opened = Promise.withResolvers<ServerResponse>();
  const server = createServer((_request, response) => {
    events.open(response);
    opened.resolve(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  socket.pause();
  socket.write('GET /sandbox/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const response = await opened.promise;
  // Fills the buffers of the system.
  while (response.writableLength === 0) {
    for (let count = 0; count < 1_000; count++) {
      events.notify();
      await setImmediate();
    }
  }
  const closed = once(response, 'close');
  for (let count = 0; count < 10_000; count++) events.notify();
  expect(response.writableLength).toBeLessThan(100);
  vi.advanceTimersByTime(20_000);
  await closed;
  expect(response.destroyed).toBe(true);
});
