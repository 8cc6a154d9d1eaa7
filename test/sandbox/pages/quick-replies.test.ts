/** A click on a quick reply creates a reply of the visitor, once. */

import { expect, test } from 'vitest';
import { ask } from '../../support/gateway/ask.ts';
import { click, readPage } from './read-page.ts';
import { actions, startPages, startWithQuestion } from './start-pages.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

test('creates a reply of the visitor, with the data of the button digit for digit', async () => {
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
  expect(list).toContain('2 new messages');
});

test('creates a reply without data for a button without data', async () => {
  const { url, path } = await startWithQuestion();
  await click(url, path, '1');
  const { agent } = await readPage(url);
  expect(agent).toMatch(/class="row visitor"[\s\S]*>No<\/p>/);
  expect(agent).not.toContain('<dt>meta_data');
});

test('creates one reply, even if many buttons are clicked at the same time', async () => {
  const { url, path } = await startWithQuestion();
  const answers = await Promise.all(['0', '0', '1', '0'].map((button) => click(url, path, button)));
  expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303]);
  expect((await click(url, path, '1')).status).toBe(303);
  expect((await readPage(url)).agent.match(/class="row visitor"/g)).toHaveLength(1);
});

test.each(['', '2', '-1', '0x0', '99999', '999999', 'a', '0 '])(
  'refuses the button %j, which does not exist',
  async (button) => {
    const { url, path } = await startWithQuestion();
    expect((await click(url, path, button)).status).toBe(404);
    expect((await readPage(url)).agent).not.toContain('class="row visitor"');
  },
);

test('refuses a button that the customer does not see', async () => {
  const { url, send } = await startPages();
  await send({ type: 'note', actions });
  const id = /<dt>id<\/dt><dd>(\d+)</.exec((await readPage(url)).agent)?.[1];
  expect((await click(url, `/sandbox/parts/${id}/click`, '0')).status).toBe(404);
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
  ['waiting for 100 Continue', 417, { ...form, expect: '100-continue' }, ''],
  ['not a valid form', 400, form, 'button=%'],
  ['empty', 404, form, ''],
])('refuses a click that is %s', async (_name, status, headers, body) => {
  const { url, path } = await startWithQuestion();
  expect((await ask(url + path, { method: 'POST', headers, body })).status).toBe(status);
  expect((await readPage(url)).agent).not.toContain('class="row visitor"');
});
