/** What the sandbox keeps has a bound in bytes, and what it waits for one in time: it runs in the gateway's process. */

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { PageEvents } from '../../src/sandbox/pages/page-events.ts';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { click, clickPathsIn, readPage } from './pages/page-text.ts';
import { createPart, postReply } from './post-reply.ts';
import { rawReply, sendRaw } from './send-raw.ts';

const mebibyte = 1024 * 1024;

async function start(options: { idleMs?: number } = {}) {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** A JSON object whose text has about so many characters, and whose parsed value takes twenty times as many bytes. */
const wideJson = (characters: number) => `{"a":[${'{},'.repeat(characters / 3)}{}]}`;

test.each(['body_json', 'actions'])('%s of more than 1 MiB is refused before it is parsed', async (name) => {
  const { url } = await start();
  const { status, text } = await postReply(url, { fields: { body: 'x', [name]: wideJson(mebibyte) } });
  expect([status, Object.keys(JSON.parse(text).meta.error_fields)]).toEqual([400, [name]]);
});

test.each<[encoding: string, toBody: (count: number) => URLSearchParams | FormData]>([
  ['urlencoded', (count) => new URLSearchParams(Array.from({ length: count }, () => ['body', 'x']))],
  [
    'multipart',
    (count) => {
      const form = new FormData();
      for (let index = 0; index < count; index++) form.append('body', 'x');
      return form;
    },
  ],
])('a %s form may have 1,000 fields', async (_encoding, toBody) => {
  const { url, received } = await start();
  const send = (count: number) =>
    fetch(`${url}/conversations/1/reply`, {
      method: 'POST',
      headers: { authorization: 'Token sandbox' },
      body: toBody(count),
    });
  expect((await send(1_000)).status).toBe(200);
  const refused = await send(1_001);
  expect([refused.status, await refused.json()]).toMatchObject([400, { meta: { error: 'BadRequest' } }]);
  expect(received.map(({ fields }) => fields.length)).toEqual([1_000, 0]);
});

test('messages are forgotten by the memory that they take, not by the length of their text', async () => {
  const { url } = await start();
  await createPart(url, { fields: { body: 'The first' } });
  const fields = { body: 'Wide', body_json: wideJson(mebibyte / 2) };
  for (let count = 0; count < 10; count++) expect((await postReply(url, { fields })).status).toBe(200);
  const { list, agent } = await readPage(url);
  // Each takes 12 MiB, of 64.
  expect(list).toContain('<small>5 messages</small>');
  expect(agent).not.toContain('The first');
});

test('the data of clicked buttons counts as well', async () => {
  const { url } = await start();
  const actions = `[{"type":"quick_reply","body":"Yes","meta_data":${wideJson(mebibyte / 2)}}]`;
  for (let count = 0; count < 4; count++) {
    await postReply(url, { fields: { body: 'Well?', actions } });
    const [path = ''] = clickPathsIn((await readPage(url)).customer);
    expect((await click(url, path, '0')).status).toBe(303);
  }
  expect((await readPage(url)).list).toContain('<small>5 messages</small>');
});

test('a file counts with the whole body that its bytes keep in memory', async () => {
  const { url } = await start();
  const links: string[] = [];
  for (let count = 0; count < 4; count++) {
    const fields = new FormData();
    fields.append('attachment', new File(['x'], 'small.txt'));
    fields.append('padding', 'x'.repeat(20 * mebibyte));
    const { text } = await postReply(url, { fields });
    links.push(JSON.parse(text).data.attachments[0].url);
  }
  const statuses = await Promise.all(links.map(async (link) => (await fetch(link)).status));
  expect(statuses).toEqual([404, 200, 200, 200]);
});

test('a stream of events that is not read does not grow, and ends', async () => {
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

test.each(['9003', '2006'])('conversation %s stays silent, but not for ever', async (id) => {
  const { port } = await start({ idleMs: 200 });
  const { ending } = await sendRaw(port, rawReply(id, 'body=Hello'));
  expect(['end', 'ECONNRESET']).toContain(ending);
});
