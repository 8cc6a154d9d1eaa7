/** The pages accept requests of their own pages only. */

import { expect, test } from 'vitest';
import { ask } from '../../support/gateway/ask.ts';
import { readPage } from './read-page.ts';
import { startPages, startWithQuestion } from './start-pages.ts';

test.each<[name: string, headers: Record<string, string>, status: number]>([
  ['no header that names the site', {}, 303],
  ['Sec-Fetch-Site: same-origin', { 'sec-fetch-site': 'same-origin', origin: 'null' }, 303],
  ['Sec-Fetch-Site: same-site', { 'sec-fetch-site': 'same-site', origin: 'SELF' }, 403],
  ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site' }, 403],
  ['Sec-Fetch-Site: none', { 'sec-fetch-site': 'none' }, 403],
  ['its own Origin', { origin: 'SELF' }, 303],
  ['another Origin', { origin: 'https://evil.example' }, 403],
  ['an Origin on another port', { origin: 'http://127.0.0.1:1' }, 403],
  ['the Origin null', { origin: 'null' }, 403],
])('accepts clicks of its own pages only: %s', async (_name, headers, status) => {
  const { url, path } = await startWithQuestion();
  const { origin } = headers;
  const answer = await ask(url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
      ...(origin === 'SELF' && { origin: url }),
    },
    body: 'button=0',
  });
  expect(answer.status).toBe(status);
  expect((await readPage(url)).agent.includes('class="row visitor"')).toBe(status === 303);
});

test.each([
  ['127.0.0.1:4000', 200],
  ['localhost', 200],
  ['localhost:4000', 200],
  ['LOCALHOST', 200],
  ['app.localhost:4000', 200],
  ['[::1]:4000', 200],
  ['gateway:4000', 200],
  ['192.168.1.5:4000', 200],
  ['evil.example', 403],
  ['evil.example:4000', 403],
  ['127.0.0.1.evil.example', 403],
  ['localhost.evil.example', 403],
])('responds to the host %s on loopback with %i', async (host, status) => {
  const { url } = await startPages();
  for (const path of ['/sandbox', '/sandbox/icon.svg']) {
    expect((await ask(url + path, { headers: { host } })).status).toBe(status);
  }
});

test('refuses events to other sites', async () => {
  const { url } = await startPages();
  expect((await ask(`${url}/sandbox/events`, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(
    403,
  );
});
