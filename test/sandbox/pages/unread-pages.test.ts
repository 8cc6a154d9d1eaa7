/** Pages that clients request and do not read have a limit. */

import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../support/until.ts';
import { postReply } from '../post-reply.ts';
import { readPage } from './read-page.ts';
import { startPages } from './start-pages.ts';

/** The page of conversation 1 has about 1 MiB. */
async function startWithLongPage() {
  const sandbox = await startPages();
  for (let index = 0; index < 60; index++) await sandbox.send({ body: '<'.repeat(9_000) });
  return sandbox;
}

test('responds 503 to every request while clients have not read 32 MiB of pages', async () => {
  const { url, port } = await startWithLongPage();
  const fields = new FormData();
  fields.append('attachment', new File([new Uint8Array(32 * 1024 * 1024)], 'large.bin'));
  await postReply(url, { fields });
  const file = /\/sandbox\/attachments\/\d+\/[^"]+/.exec((await readPage(url)).html)?.[0] ?? '';

  const socket = connect(port, '127.0.0.1').pause();
  onTestFinished(() => void socket.destroy());
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  // The file fills the buffers of the operating system, so that the pages stay in the server.
  socket.write(get(file) + get('/sandbox/conversations/1').repeat(40));
  await until(async () => expect((await readPage(url, '/icon.svg')).status).toBe(503));
  for (const path of ['', '/conversations/1', '/nowhere', '/events']) {
    const { status, headers, html } = await readPage(url, path);
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect(html).toBe('Too many pages are unread; retry in 1 second.\n');
  }

  socket.destroy();
  await until(async () => expect((await readPage(url)).status).toBe(200));
});

test('does not count pages that clients have read', async () => {
  const { url } = await startWithLongPage();
  for (let index = 0; index < 50; index++) {
    const { status, html } = await readPage(url);
    expect(status).toBe(200);
    expect(html.length).toBeGreaterThan(900_000);
  }
});
