/** The pages list every reply that created nothing: its conversation, its parameters and the error. */

import { expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import { reply } from '../../support/gateway/reply.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { postReply } from '../post-reply.ts';
import { readPage } from './read-page.ts';

async function start() {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  return sandbox;
}

test.each<[name: string, call: Parameters<typeof postReply>[1], shown: readonly string[]]>([
  [
    'lists a reply with an invalid parameter',
    { fields: { body: 'Hello', random_id: 'abc', from_admin: '8164' } },
    [
      '<b><a href="./sandbox/conversations/1">Conversation 1</a></b>',
      'HTTP 400, ValidationError: Arguments are invalid or missing.',
      '<dt>error_fields</dt><dd>{&#34;random_id&#34;:&#34;Expected an integer of 32 bits.&#34;}</dd>',
      '<dt>body</dt><dd>Hello</dd>',
      '<dt>random_id</dt><dd>abc</dd>',
      '<dt>from_admin</dt><dd>8164</dd>',
    ],
  ],
  [
    'lists a reply with a body that is too long',
    { fields: { body: 'x'.repeat(10_001) } },
    ['HTTP 400, ReplyTooBig', `<dt>body</dt><dd>${'x'.repeat(300)}…</dd>`],
  ],
  [
    'lists a reply to an unknown conversation',
    { id: '77' },
    ['<b>Conversation 77</b>', 'HTTP 400, LookupError', '<dd>Hello</dd>'],
  ],
  [
    'lists a reply to an invalid id',
    { id: '%3Cscript%3E' },
    ['<b>Conversation %3Cscript%3E</b>', 'error_fields'],
  ],
  [
    'lists a reply with a wrong token',
    { headers: { authorization: 'Token other' } },
    ['HTTP 401, NotAuthenticated', 'Hello'],
  ],
  [
    'lists a reply with a body that is not a form',
    { headers: { authorization: 'Token sandbox', 'content-type': 'text/plain' } },
    ['HTTP 400, BadRequest: The body must be', 'The parameters were not read.'],
  ],
  ['lists a response from a proxy', { id: '502' }, ['Conversation 502', 'HTTP 502, as HTML', 'Hello']],
  ['lists a status that contradicts the envelope', { id: '2001' }, ['HTTP 200, LookupError']],
])('%s', async (_name, call, shown) => {
  const { url } = await start();
  await postReply(url, call);
  const { refused, customer, agent } = await readPage(url);
  for (const text of shown) expect(refused).toContain(text);
  for (const view of [customer, agent]) expect(view).toContain('Nothing yet.');
});

test('shows the size of a file, and hides the value of a token parameter', async () => {
  const { url } = await start();
  const fields = new FormData();
  fields.append('auth_token', 's3cret');
  fields.append('attachment', new File(['12345'], '<b>.txt', { type: 'text/plain' }));
  await postReply(url, { id: '403', fields });
  const { refused, html } = await readPage(url);
  expect(refused).toContain('<dt>attachment</dt><dd>&#60;b&#62;.txt (text/plain, 5 bytes)</dd>');
  expect(refused).toContain('<dt>auth_token</dt><dd>not shown</dd>');
  expect(html).not.toContain('s3cret');
});

test('lists a body of more than 64 MiB', async () => {
  const { url } = await start();
  await postReply(url, { fields: { body: 'x'.repeat(64 * 1024 * 1024) } });
  expect((await readPage(url)).refused).toMatch(/HTTP 413, as HTML[\s\S]*The parameters were not read\./);
});

test('lists replies of the gateway that Dashly refuses', async () => {
  const gateway = await startGateway();
  await reply(gateway, { conversationId: '4001', body: 'Hi' });
  const { refused } = await readPage(gateway.origin);
  expect(refused).toMatch(/Conversation 4001[\s\S]*ReplyTooBig[\s\S]*<dt>body<\/dt><dd>Hi<\/dd>/);
});

test('keeps the last 50, fewer if they are long', async () => {
  const { url } = await start();
  for (let index = 1; index <= 53; index++)
    await postReply(url, { id: '77', fields: { body: `no ${index}.` } });
  const { refused } = await readPage(url);
  expect(refused.match(/<li/g)).toHaveLength(50);
  expect(refused).not.toContain('no 3.');
  expect(refused).toContain('no 4.');

  const many = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`f${index}`, '&'.repeat(1_000)]),
  );
  for (let index = 1; index <= 53; index++) await postReply(url, { id: '77', fields: many });
  const { html, refused: long } = await readPage(url);
  expect(long.match(/<li/g)?.length).toBeLessThan(20);
  expect(long).toContain('and 70 more');
  expect(html.length).toBeLessThan(2_000_000);
});
