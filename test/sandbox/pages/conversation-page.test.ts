/** The page of a conversation shows the customer's view and the agent's view. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { allScenarios } from '../../../src/sandbox/scenarios/scenarios.ts';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import { until } from '../../support/until.ts';
import { postReply } from '../post-reply.ts';
import { readPage } from './read-page.ts';

async function start() {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const send = (fields: Record<string, string>, id = '1') =>
    postReply(sandbox.url, { id, fields: { body: 'Hello', ...fields } });
  const sendFile = (file: File) => {
    const fields = new FormData();
    fields.append('body', 'A file');
    fields.append('attachment', file);
    return postReply(sandbox.url, { fields });
  };
  return { url: sandbox.url, send, sendFile };
}

const evil = `<script>alert(1)</script><img src=x onerror=alert(1)>"'&amp;`;
const escaped =
  '&#60;script&#62;alert(1)&#60;/script&#62;&#60;img src=x onerror=alert(1)&#62;&#34;&#39;&#38;amp;';

test.each<[place: string, fields: Record<string, string>, shown: string]>([
  ['a body', { body: evil }, escaped],
  ['an external id', { external_id: evil }, escaped],
  ['a button', { actions: JSON.stringify([{ type: 'quick_reply', body: evil }]) }, escaped],
  [
    'the data of a button',
    { actions: JSON.stringify([{ type: 'quick_reply', body: 'x', meta_data: { [evil]: '</code>' } }]) },
    '&#60;/code&#62;',
  ],
  ['a body_json', { body_json: JSON.stringify({ a: '</dd><script>' }) }, '&#60;/dd&#62;&#60;script&#62;'],
])('escapes %s', async (_place, fields, shown) => {
  const { url, send } = await start();
  await send(fields);
  const { html, agent } = await readPage(url);
  expect(agent).toContain(shown);
  expect(html.match(/<script|<img|onerror=alert\(1\)>|<\/code><script/g)).toEqual(['<script']);
});

test.each(['"><script>.png', "a'b&c.png", '<svg onload=x>.csv'])('escapes the file name %s', async (name) => {
  const { url, sendFile } = await start();
  await sendFile(new File(['x'], name, { type: 'image/png' }));
  const { customer, agent } = await readPage(url);
  for (const view of [customer, agent]) {
    expect(view).not.toContain(name);
    expect(view).toContain(name.replace(/[&<>"']/g, (it) => `&#${it.charCodeAt(0)};`));
    expect(view.match(/ src="([^"]*)"/)?.[1]).toMatch(
      /^\.\/sandbox\/attachments\/\d+\/(?:[\w%.!~*()-]|&#39;)+$/,
    );
  }
});

test('keeps line breaks', async () => {
  const { url, send } = await start();
  await send({ body: 'one\n  two\n' });
  expect((await readPage(url)).customer).toContain('>one\n  two\n</p>');
});

test.each([
  ['image/png', true],
  ['image/jpeg', true],
  ['image/gif', true],
  ['image/webp', true],
  ['image/svg+xml', false],
  ['text/html', false],
  ['image/png; a=b', false],
  ['application/pdf', false],
])('previews a file of type %s: %s', async (type, isShown) => {
  const { url, sendFile } = await start();
  await sendFile(new File(['<svg xmlns="http://www.w3.org/2000/svg"/>'], 'file', { type }));
  const { customer } = await readPage(url);
  expect(customer.includes('<img')).toBe(isShown);
  const path = /<a class="file" href="([^"]+)" download>/.exec(customer)?.[1] ?? '';
  const served = await fetch(new URL(path, url));
  expect(served.status).toBe(200);
  expect(served.headers.get('content-disposition')).toMatch(/^attachment;/);
  expect(served.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await served.text()).toContain('<svg');
});

test('shows each view its messages', async () => {
  const { url, send } = await start();
  await send({ body: 'From the visitor', from_user: 'default_user' });
  await send({ body: 'From another', from_user: '42' });
  await send({ body: 'From an agent', from_admin: '8164', external_id: 'order-17' });
  await send({ body: 'An article', from_admin: 'default_admin', type: 'article' });
  const { customer, agent } = await readPage(url);
  expect(customer.match(/class="bubble mine"[\s\S]*?<\/b>/g)?.map((it) => it.split('<b>')[1])).toEqual([
    'You</b>',
    'You</b>',
  ]);
  expect(customer).toMatch(
    /class="bubble" .*\n<p class="who"><b>Admin 8164<\/b>, <time datetime="[^"]+Z">\d\d:\d\d<\/time><\/p>/,
  );
  expect(customer).toContain('<i>article</i>');
  expect(customer).not.toMatch(/order-17|<dl>/);
  expect(agent).toContain('<b>Visitor</b>');
  expect(agent).toContain('<b>Visitor 42</b>');
  expect(agent).toContain('<dt>external_id</dt><dd>order-17</dd>');
  expect(agent.match(/<dt>id<\/dt><dd>\d{19}<\/dd>/g)).toHaveLength(4);
  const texts = ['From the visitor', 'From another', 'From an agent', 'An article'];
  for (const view of [customer, agent]) {
    expect(texts.map((text) => view.indexOf(text))).toEqual(
      texts.map((text) => view.indexOf(text)).toSorted((a, b) => a - b),
    );
    expect(view).toContain('An article');
  }
});

test('shows notes and assignments to the agent only', async () => {
  const { url, send } = await start();
  await send({ body: 'Between us', type: 'note' });
  await send({ body: 'Taken over', from_admin: '8164', auto_assign: '15' });
  await send({ body: 'Given back', auto_assign: '15' }, '8');
  const { customer, agent } = await readPage(url, '/conversations/1');
  expect(customer).not.toMatch(/Between us|Assigned/);
  expect(customer).toContain('Taken over');
  expect(agent).toMatch(/class="row note"[\s\S]*internal note[\s\S]*Between us/);
  expect(agent).toMatch(/Taken over[\s\S]*Assigned to Admin 15, <time/);
  expect((await readPage(url, '/conversations/8')).agent).toContain('Unassigned by Sandbox, <time');
});

test.each(allScenarios.map(({ id, creates }) => [id, creates] as const))(
  'in conversation %s shows the message: %s, whatever the response is',
  async (id, creates) => {
    const { url } = await start();
    const controller = new AbortController();
    onTestFinished(() => controller.abort());
    const answered = fetch(`${url}/conversations/${id}/reply`, {
      method: 'POST',
      headers: { authorization: 'Token sandbox' },
      body: new URLSearchParams({ body: 'Is it there?' }),
      signal: controller.signal,
      redirect: 'manual',
    })
      .then((response) => response.body?.cancel())
      .catch(() => {});
    if (creates) {
      await until(async () => expect((await readPage(url)).agent).toContain('Is it there?'));
    } else {
      await until(async () => expect((await readPage(url)).refused).toContain(`Conversation ${id}<`));
    }
    controller.abort();
    await answered;
    // Scenario 2011 responds twice: the next request on its connection gets that response.
    const { status, html, customer, agent, refused } = await until(async () => {
      const page = await readPage(url, `/conversations/${id}`);
      expect(page.html).toContain('</html>');
      return page;
    });
    expect(status).toBe(200);
    expect(agent.includes('Is it there?')).toBe(creates);
    expect(html.includes('Replies to this conversation are never created.')).toBe(!creates);
    // Scenario 9002 closes the connection before the form is read.
    expect(refused.includes('<dt>body</dt><dd>Is it there?</dd>')).toBe(!creates && id !== '9002');
    expect(refused.includes('Nothing yet.')).toBe(creates);
    // Scenario 4 creates a note.
    expect(customer.includes('Is it there?')).toBe(creates && id !== '4');
  },
);

test('shows what a conversation has from the start above the new messages', async () => {
  const { url, send } = await start();
  await send({ body: 'A new one' }, '60');
  const { earlier, customer, agent } = await readPage(url);
  for (const view of [earlier.customer, earlier.agent]) {
    expect(view).toMatch(/Hello! Is anybody there\?[\s\S]*Yes, how can we help you\?[\s\S]*Question 4/);
    expect(view).toContain('A part of an undocumented type.');
    expect(view).not.toContain('A new one');
  }
  expect(earlier.customer.match(/ id="c\d+"/g)).toHaveLength(58);
  expect(earlier.customer).not.toMatch(/This visitor has written before|Assigned/);
  expect(earlier.agent.match(/ id="a\d+"/g)).toHaveLength(60);
  expect(earlier.agent).toMatch(/Assigned to Admin 8164, <time[\s\S]*internal note[\s\S]*has written before/);
  for (const view of [customer, agent]) {
    expect(view).toMatch(/^[^>]*>New messages<\/li>/);
    expect(view).toContain('A new one');
    expect(view).not.toContain('Nothing yet.');
  }
  const unused = await readPage(url, '/conversations/1');
  for (const view of [unused.customer, unused.agent]) expect(view).toContain('Nothing yet.');
  expect(unused.list).not.toContain('Conversation 1<');
});

test('shows no earlier messages of the conversation that does not exist', async () => {
  const { url } = await start();
  const { earlier } = await readPage(url, '/conversations/4005');
  for (const view of [earlier.customer, earlier.agent]) expect(view).not.toContain('class="who"');
});

test('shows a part of an unknown type as a message, with its known buttons', async () => {
  const { url, send } = await start();
  await send({}, '3');
  const { customer, agent } = await readPage(url);
  expect(customer.match(/<button.*?<\/button>/g)).toEqual([expect.stringContaining('>Wave<')]);
  expect(agent).toContain('reply_hologram');
  expect(agent).toContain('date_picker');
});

test('renders buttons as a labelled group in a form', async () => {
  const { url, send } = await start();
  await send({ actions: '[{"type":"quick_reply","body":"Yes"}]' });
  expect((await readPage(url)).customer).toMatch(
    /<form method="post" action="[^"]+"><fieldset aria-label="Quick replies"><button type="submit" [^>]+>Yes<\/button><\/fieldset><\/form>/,
  );
});

test('lists the latest conversation first, and shows it by default', async () => {
  const { url, send } = await start();
  await send({ body: 'a' }, '1');
  await send({ body: 'b' }, '2');
  await send({ body: 'c' }, '1');
  const { list, html } = await readPage(url);
  expect(list.match(/<b>.*?<\/small> <bdi>.*?<\/bdi>/g)).toEqual([
    '<b>Conversation 1</b> <small>2 new messages</small> <bdi>c</bdi>',
    '<b>Conversation 2</b> <small>1 new message</small> <bdi>b</bdi>',
  ]);
  expect(list).toMatch(/conversations\/1"[^>]* aria-current="page"/);
  expect(html).toContain('<title>Conversation 1 · ');
  expect((await readPage(url, '/')).html.replaceAll('"../', '"./')).toBe(html);
  expect((await readPage(url, '/conversations/2')).list).toMatch(
    /conversations\/2"[^>]* aria-current="page"/,
  );
});

test('shows the latest 100 messages', async () => {
  const { url, send } = await start();
  for (let index = 1; index <= 103; index++) await send({ body: `number ${index}.` });
  const { html, customer, agent, list } = await readPage(url);
  for (const view of [customer, agent]) {
    expect(view).not.toContain('number 3.');
    expect(view).toContain('number 4.');
    expect(view).toContain('number 103.');
  }
  expect(html).toContain('The latest 100 messages; 7 before them are not shown.');
  expect(list).toContain('103 new messages');
});

test('shortens long texts, and shows how many characters are left out', async () => {
  const { url, send } = await start();
  await send({ body: 'a'.repeat(2_000) });
  const short = await readPage(url);
  for (const view of [short.customer, short.agent]) expect(view).toContain(`>${'a'.repeat(2_000)}</p></div>`);
  const rest = '…</p><p><small>The first 2000 characters; 8000 after them are not shown.</small></p>';
  await send({ body: 'b'.repeat(10_000), external_id: 'c'.repeat(2_001) });
  const { customer, agent } = await readPage(url);
  for (const view of [customer, agent]) expect(view).toContain(`>${'b'.repeat(2_000)}${rest}`);
  expect(agent).toContain(
    `<dd>${'c'.repeat(2_000)}…<p><small>The first 2000 characters; 1 after them are not shown.</small></p></dd>`,
  );
});

test('a page has at most about 1 MiB, and shows the latest message', async () => {
  const { url, send } = await start();
  const long = '<'.repeat(9_000);
  const button = { type: 'quick_reply', body: '<'.repeat(300), meta_data: { a: '<'.repeat(300) } };
  const longest = {
    body: long,
    external_id: long,
    body_json: JSON.stringify({ a: long }),
    actions: JSON.stringify(Array(50).fill(button)),
  };
  for (let index = 1; index <= 20; index++) await send({ ...longest, body: `number ${index}. ${long}` });
  const { html, customer, agent } = await readPage(url);
  expect(Buffer.byteLength(html)).toBeLessThan(1_100_000);
  const [, count, hidden] = /The latest (\d+) messages; (\d+) before them are not shown\./.exec(html) ?? [];
  // Four more are there from the start.
  expect(Number(count) + Number(hidden)).toBe(24);
  for (const view of [customer, agent]) {
    expect(view.match(/number \d+\./g)).toHaveLength(Number(count));
    expect(view).toContain('number 20.');
  }

  const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index}`, '<'.repeat(300)]));
  for (let index = 1; index <= 50; index++) await send(many, '77');
  const full = await readPage(url);
  expect(full.refused).toContain('Conversation 77');
  expect(Buffer.byteLength(full.html)).toBeLessThan(1_100_000);
  for (const view of [full.customer, full.agent]) expect(view).toContain('number 20.');
});

test('shows an empty sandbox with a call that works unchanged', async () => {
  const { url } = await start();
  const { html } = await readPage(url);
  expect(html).not.toContain('GraphiQL');
  const command = /<code>(curl .*?)<\/code>/s
    .exec(html)?.[1]
    ?.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
  const { stdout } = await promisify(execFile)('sh', ['-c', `${command} --silent`]);
  expect(stdout).toContain('"meta":{"status":200}');
  expect((await readPage(url)).customer).toMatch(/Shall we call you back\?[\s\S]*<button.*>Yes<\/button>/);
  expect((await readPage(url)).html).not.toContain('curl');
});

test('lists every scenario', async () => {
  const { url } = await start();
  const { html } = await readPage(url);
  for (const { id } of allScenarios) expect(html).toContain(`/sandbox/conversations/${id}">${id}<`);
});

test('does not show the tokens of requests', async () => {
  const { url } = await start();
  await postReply(url, { headers: { authorization: 'Token the-wrong-one' } });
  await postReply(url, { headers: { authorization: 'Bearer sandbox' } });
  const { html } = await readPage(url);
  expect(html).not.toMatch(/the-wrong-one|Bearer|Token/);
});
