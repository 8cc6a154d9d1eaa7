/** The pages of the sandbox answer every path and method, take presses from themselves alone, and tell of changes. */

import { expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import { ask } from '../../http/ask.ts';
import { until } from '../../until.ts';
import { postReply } from '../post-reply.ts';
import { openEvents } from './open-events.ts';
import { click, clickPathsIn, readPage } from './page-text.ts';

const actions = `[
  {"type":"quick_reply","body":"Yes","meta_data":{"order":12345678901234567890,"ratio":-1.50,"nested":[1e400,null]}},
  {"type":"quick_reply","body":"No"}
]`;

const form = { 'content-type': 'application/x-www-form-urlencoded' };

async function start() {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  return {
    ...sandbox,
    send: (fields = {}) => postReply(sandbox.url, { fields: { body: 'Hello', ...fields } }),
  };
}

/** A sandbox in which a question with two buttons waits for an answer. */
async function startWithQuestion() {
  const sandbox = await start();
  await sandbox.send({ body: 'Well?', actions });
  const [path = ''] = clickPathsIn((await readPage(sandbox.url)).customer);
  return { ...sandbox, path };
}

test.each(['', '/', '/conversations/1', '/conversations/401', '/conversations/77', '/nowhere'])(
  'the page at /sandbox%s keeps other sites out, and is kept by nobody',
  async (path) => {
    const { url } = await start();
    const { headers, html } = await readPage(url, path);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-\S{44}'; style-src 'sha256-\S{44}'; img-src 'self';/,
    );
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).not.toMatch(/ style=| on\w+="/);
  },
);

test.each<[method: string, path: string, status: number, allow?: string]>([
  ['GET', '/nowhere', 404],
  ['GET', '/conversations', 404],
  ['GET', '/conversations/77', 404],
  ['GET', '/conversations/x', 404],
  ['GET', '/conversations/1/', 404],
  ['GET', '/conversations/%3Cscript%3E', 404],
  ['GET', '/attachments/1/a.txt', 404],
  ['GET', '/attachments/1', 404],
  ['GET', '/events/', 404],
  ['POST', '/nowhere', 404],
  ['POST', '', 405, 'GET, HEAD'],
  ['PUT', '/', 405, 'GET, HEAD'],
  ['DELETE', '/conversations/1', 405, 'GET, HEAD'],
  ['OPTIONS', '/conversations/1', 405, 'GET, HEAD'],
  ['POST', '/events', 405, 'GET'],
  ['POST', '/attachments/1/a.txt', 405, 'GET, HEAD'],
  ['POST', '/icon.svg', 405, 'GET, HEAD'],
  ['GET', '/parts/1/click', 405, 'POST'],
  ['HEAD', '/parts/1/click', 405, 'POST'],
])('%s /sandbox%s is answered with %i, as a page', async (method, path, status, allow) => {
  const { url } = await start();
  const page = await readPage(url, path, { method });
  expect(page.status).toBe(status);
  expect(page.headers.get('allow')).toBe(allow ?? null);
  expect(page.html).toMatch(method === 'HEAD' ? /^$/ : /<h2>.*\.<\/h2>/);
  // Only a page that can change has something to run.
  expect(page.html).not.toContain('<script');
  expect((await readPage(url)).status).toBe(200);
});

test('a page is light, and brings all that it needs', async () => {
  const { url } = await start();
  const { html } = await readPage(url);
  expect(Buffer.byteLength(html)).toBeLessThan(24_000);
  expect(Buffer.byteLength(/<script type="module">(.*?)<\/script>/s.exec(html)?.[1] ?? '')).toBeLessThan(
    4_000,
  );
  expect(html.match(/ (?:src|href)="(?!\.\/sandbox|#)[^"]*"/g)).toBeNull();
});

test('HEAD tells how long a page is', async () => {
  const { url } = await start();
  const { headers, html } = await readPage(url, '', { method: 'HEAD' });
  expect(html).toBe('');
  expect(headers.get('content-length')).toBe(String(Buffer.byteLength((await readPage(url)).html)));
});

test('/sandbox alone is the page, not what begins like it', async () => {
  const { url } = await start();
  expect((await readPage(url, '?a=b')).status).toBe(200);
  expect((await readPage(url, 'es')).status).toBe(401);
});

test('a press becomes a reply of the visitor, with the data of the button digit for digit', async () => {
  const { url, path } = await startWithQuestion();
  const answer = await click(url, path, '0');
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toBe('../../../sandbox/conversations/1');
  const { customer, agent, list } = await readPage(url, '/conversations/1');
  expect(customer).not.toContain('<button');
  expect(customer).toMatch(/class="bubble mine"[\s\S]*>Yes<\/p>/);
  expect(agent).toMatch(/class="clicked"><bdi>Yes<\/bdi> <i>clicked<\/i>/);
  expect(agent).toContain(
    '<dt>meta_data</dt><dd>{&#34;order&#34;:12345678901234567890,&#34;ratio&#34;:-1.50,&#34;nested&#34;:[1e400,null]}</dd>',
  );
  const details = agent.split('class="row visitor"')[1] ?? '';
  for (const row of [
    /<dt>id<\/dt><dd>\d{19}</,
    /<dt>type<\/dt><dd>reply_user</,
    /<dt>from<\/dt><dd>1447294708215711735</,
    /<dt>sent_via<\/dt><dd>web_user</,
  ]) {
    expect(details).toMatch(row);
  }
  expect(list).toContain('2 messages');
});

test('a button without data brings none', async () => {
  const { url, path } = await startWithQuestion();
  await click(url, path, '1');
  const { agent } = await readPage(url);
  expect(agent).toMatch(/class="row visitor"[\s\S]*>No<\/p>/);
  expect(agent).not.toContain('<dt>meta_data');
});

test('a question is answered once, however often and whichever button is clicked at the same moment', async () => {
  const { url, path } = await startWithQuestion();
  const answers = await Promise.all(['0', '0', '1', '0'].map((button) => click(url, path, button)));
  expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303]);
  expect((await click(url, path, '1')).status).toBe(303);
  expect((await readPage(url)).agent.match(/class="row visitor"/g)).toHaveLength(1);
});

test.each(['', '2', '-1', '0x0', '99999', '999999', 'a', '0 '])('there is no button %j', async (button) => {
  const { url, path } = await startWithQuestion();
  expect((await click(url, path, button)).status).toBe(404);
  expect((await readPage(url)).agent).not.toContain('class="row visitor"');
});

test('a button that the customer does not see is not clicked', async () => {
  const { url, send } = await start();
  await send({ type: 'note', actions });
  const id = /<dt>id<\/dt><dd>(\d+)</.exec((await readPage(url)).agent)?.[1];
  expect((await click(url, `/sandbox/parts/${id}/click`, '0')).status).toBe(404);
});

test.each<[name: string, headers: Record<string, string>, status: number]>([
  ['no word of where it is from', {}, 303],
  ['Sec-Fetch-Site: same-origin', { 'sec-fetch-site': 'same-origin', origin: 'null' }, 303],
  ['Sec-Fetch-Site: same-site', { 'sec-fetch-site': 'same-site', origin: 'SELF' }, 403],
  ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site' }, 403],
  ['Sec-Fetch-Site: none', { 'sec-fetch-site': 'none' }, 403],
  ['its own Origin', { origin: 'SELF' }, 303],
  ['another Origin', { origin: 'https://evil.example' }, 403],
  ['an Origin on another port', { origin: 'http://127.0.0.1:1' }, 403],
  ['the Origin null', { origin: 'null' }, 403],
])('a press with %s', async (_name, headers, status) => {
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

test.each<[name: string, status: number, headers: Record<string, string>, body: string]>([
  ['JSON', 415, { 'content-type': 'application/json' }, '{"button":0}'],
  ['plain text', 415, { 'content-type': 'text/plain' }, 'button=0'],
  ['of no type', 415, {}, 'button=0'],
  [
    'multipart',
    415,
    { 'content-type': 'multipart/form-data; boundary=b' },
    '--b\r\nContent-Disposition: form-data; name="button"\r\n\r\n0\r\n--b--',
  ],
  ['too long', 413, form, `button=0&${'x'.repeat(1_020)}`],
  ['much too long', 413, form, 'x'.repeat(5_000_000)],
  ['not sent before it is asked for', 417, { ...form, expect: '100-continue' }, ''],
  ['no form', 400, form, 'button=%'],
  ['empty', 404, form, ''],
])('a press that is %s is refused', async (_name, status, headers, body) => {
  const { url, path } = await startWithQuestion();
  expect((await ask(url + path, { method: 'POST', headers, body })).status).toBe(status);
  expect((await readPage(url)).agent).not.toContain('class="row visitor"');
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
])('over loopback, the host %s is answered with %i', async (host, status) => {
  const { url } = await start();
  for (const path of ['/sandbox', '/sandbox/icon.svg']) {
    expect((await ask(url + path, { headers: { host } })).status).toBe(status);
  }
});

test('an event comes for every message, for the answer to a press, and for every refusal', async () => {
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

test('so many pages may be open; with one more the oldest ends', async () => {
  const { url, send } = await start();
  const oldest = await openEvents(url);
  const others: Awaited<ReturnType<typeof openEvents>>[] = [];
  for (let count = 0; count < 100; count++) others.push(await openEvents(url));
  await oldest.ended;
  await send();
  await until(() => {
    for (const { text } of others) expect(text()).toContain('data: ');
  });
});

test.each([
  ['text/javascript', 'application/octet-stream'],
  ['text/html', 'application/octet-stream'],
  ['image/svg+xml', 'application/octet-stream'],
  ['image/png', 'image/png'],
])('a file of type %s is %s on the origin of the pages', async (type, served) => {
  const { url } = await start();
  const fields = new FormData();
  fields.append('body', 'Hi');
  fields.append('attachment', new File(['x'], 'a.bin', { type }));
  await postReply(url, { fields });
  const page = await (await fetch(`${url}/sandbox/conversations/1`)).text();
  const path = /\/sandbox\/attachments\/\d+\/[^"]+/.exec(page)?.[0] ?? expect.unreachable();
  const { headers } = await fetch(url + path);
  expect([headers.get('content-type'), headers.get('content-security-policy')]).toEqual([
    served,
    "default-src 'none'; sandbox",
  ]);
});

test('events are not for pages of other sites', async () => {
  const { url } = await start();
  expect((await ask(`${url}/sandbox/events`, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(
    403,
  );
});

test('a sandbox that closes ends the events at once', async () => {
  const { url, close } = await start();
  const events = await openEvents(url);
  await close();
  await events.ended;
});
