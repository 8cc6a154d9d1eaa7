/** A reply is validated as Dashly documents it. */

import { afterAll, expect, test } from 'vitest';
import { maxBodyCharacters } from '../../../src/sandbox/api/check-reply.ts';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import { createPart, postReply } from '../post-reply.ts';

const sandbox = await startSandbox();
afterAll(() => sandbox.close());

const quickReply = (more: object) => JSON.stringify([{ type: 'quick_reply', body: 'Yes', ...more }]);

test.each<[string, Record<string, string>, string[]]>([
  ['no content', {}, ['body']],
  ['an empty body', { body: '' }, ['body']],
  ['an unknown type', { body: 'x', type: 'reply_user' }, ['type']],
  ['an empty type', { body: 'x', type: '' }, ['type']],
  ['a user that is not an id', { body: 'x', from_user: 'neo' }, ['from_user']],
  ['the user 0', { body: 'x', from_user: '0' }, ['from_user']],
  ['default_admin as a user', { body: 'x', from_user: 'default_admin' }, ['from_user']],
  ['an admin that is not an id', { body: 'x', from_admin: '-1' }, ['from_admin']],
  ['an id with a leading zero', { body: 'x', from_admin: '01' }, ['from_admin']],
  ['an id of 65 bits', { body: 'x', from_admin: '18446744073709551616' }, ['from_admin']],
  ['an empty admin', { body: 'x', from_admin: '' }, ['from_admin']],
  ['a user and an admin', { body: 'x', from_user: '1', from_admin: '2' }, ['from_admin', 'from_user']],
  ['an empty file name', { body: 'x', attachment_file_name: '' }, ['attachment_file_name']],
  [
    'a file name of 256 characters',
    { body: 'x', attachment_file_name: 'é'.repeat(256) },
    ['attachment_file_name'],
  ],
  ['an attachment that is not a file', { attachment: 'x' }, ['attachment', 'body']],
  ['a random_id of 33 bits', { body: 'x', random_id: '2147483648' }, ['random_id']],
  ['a random_id below 32 bits', { body: 'x', random_id: '-2147483649' }, ['random_id']],
  ['a random_id with a fraction', { body: 'x', random_id: '1.5' }, ['random_id']],
  ['an empty random_id', { body: 'x', random_id: '' }, ['random_id']],
  [
    'an auto_assign_random_id in words',
    { body: 'x', auto_assign_random_id: 'one' },
    ['auto_assign_random_id'],
  ],
  ['an assignment to default_admin', { body: 'x', auto_assign: 'default_admin' }, ['auto_assign']],
  ['body_json that is not JSON', { body: 'x', body_json: '{' }, ['body_json']],
  ['body_json that is a list', { body_json: '[]' }, ['body_json']],
  ['body_json that is a number', { body: 'x', body_json: '1' }, ['body_json']],
  ['body_json that is null', { body: 'x', body_json: 'null' }, ['body_json']],
  ['empty body_json', { body: 'x', body_json: '' }, ['body_json']],
  ['body_json that is nested too deeply', { body: 'x', body_json: '['.repeat(500_000) }, ['body_json']],
  ['actions that are not JSON', { body: 'x', actions: 'quick_reply' }, ['actions']],
  ['actions that are one object', { body: 'x', actions: '{"type":"quick_reply","body":"Yes"}' }, ['actions']],
  ['an action that is a number', { body: 'x', actions: '[1]' }, ['actions']],
  ['an action of another type', { body: 'x', actions: quickReply({ type: 'link' }) }, ['actions']],
  ['an action without a body', { body: 'x', actions: quickReply({ body: undefined }) }, ['actions']],
  ['an action with an empty body', { body: 'x', actions: quickReply({ body: '' }) }, ['actions']],
  [
    'an action with a body of 301 characters',
    { body: 'x', actions: quickReply({ body: '🎉'.repeat(301) }) },
    ['actions'],
  ],
  ['an action with meta_data 1', { body: 'x', actions: quickReply({ meta_data: 1 }) }, ['actions']],
  ['an action with meta_data null', { body: 'x', actions: quickReply({ meta_data: null }) }, ['actions']],
  [
    'an invalid second action',
    { body: 'x', actions: `[{"type":"quick_reply","body":"Yes"},{}]` },
    ['actions'],
  ],
  [
    'several invalid parameters',
    { type: 'x', random_id: 'y', actions: '1' },
    ['actions', 'body', 'random_id', 'type'],
  ],
])('refuses %s', async (_, fields, expected) => {
  const { status, text } = await postReply(sandbox.url, { fields });
  const { meta, data } = JSON.parse(text);
  expect(status).toBe(400);
  expect(meta).toMatchObject({ status: 400, error: 'ValidationError' });
  expect(Object.keys(meta.error_fields).sort()).toEqual(expected);
  for (const sentence of Object.values(meta.error_fields)) expect(sentence).toMatch(/^Expected .+\.$/);
  expect(data).toEqual({});
  expect(sandbox.received.at(-1)).toMatchObject({ partId: null, fields: Object.entries(fields) });
});

test.each(['0', '01', 'abc', '-1', '1.0', '18446744073709551616', '%31'])(
  'refuses the conversation %s, which is not an id',
  async (id) => {
    const { status, text } = await postReply(sandbox.url, { id });
    expect(status).toBe(400);
    expect(JSON.parse(text).meta).toMatchObject({
      error: 'ValidationError',
      error_fields: { id: 'Expected an id.' },
    });
  },
);

test.each<[string, Record<string, string>]>([
  ['an unknown type with from_user', { from_user: 'default_user', type: 'nonsense' }],
  ['the largest id', { from_admin: '18446744073709551615' }],
  ['the smallest random_id', { random_id: '-2147483648' }],
  ['the largest random_id', { random_id: '2147483647' }],
  ['a file name of 255 emoji', { attachment_file_name: '🎉'.repeat(255) }],
  ['an action with a body of 300 emoji', { actions: quickReply({ body: '🎉'.repeat(300) }) }],
  ['an empty external_id', { external_id: '' }],
  ['unknown parameters', { referrer: 'undefined', colour: 'green' }],
])('accepts %s', async (_, fields) => {
  await createPart(sandbox.url, { fields });
});

test('accepts body_json without a body', async () => {
  const part = await createPart(sandbox.url, { fields: { body: '', body_json: '{}' } });
  expect(part).toMatchObject({ body: '', body_json: {} });
});

test('refuses a body of more than 10,000 characters, an emoji being one', async () => {
  const { body } = await createPart(sandbox.url, { fields: { body: '🎉'.repeat(maxBodyCharacters) } });
  expect(body).toBe('🎉'.repeat(maxBodyCharacters));
  for (const character of ['x', '🎉']) {
    const fields = { body: character.repeat(maxBodyCharacters + 1) };
    const { status, text } = await postReply(sandbox.url, { fields });
    expect(status).toBe(400);
    expect(JSON.parse(text).meta).toMatchObject({ status: 400, error: 'ReplyTooBig' });
  }
});

test.each([
  ['true', true],
  ['1', true],
  ['no', true],
  ['', false],
  ['0', false],
  ['False', false],
])('reads id_as_string=%s as %s', async (value, isString) => {
  const { text } = await postReply(sandbox.url, { fields: { body: 'x', id_as_string: value } });
  expect(/^\{"data":\{"id":"\d+"/.test(text)).toBe(isString);
});

test('uses the last value of a repeated parameter, the body after the query string', async () => {
  const { text } = await postReply(sandbox.url, {
    query: '?body=one&external_id=q',
    fields: [
      ['body', 'two'],
      ['body', 'three'],
    ],
  });
  expect(JSON.parse(text).data).toMatchObject({ body: 'three', external_id: 'q' });
});

test('refuses two attachments, and ignores an empty file input', async () => {
  const form = new FormData();
  form.append('body', 'x');
  form.append('attachment', new File(['a'], 'a.txt'));
  form.append('attachment', new File(['b'], 'b.txt'));
  const refused = await postReply(sandbox.url, { fields: form });
  expect(JSON.parse(refused.text).meta.error_fields).toEqual({ attachment: 'Expected only one file.' });

  const empty = new FormData();
  empty.append('body', 'x');
  empty.append('attachment', new File([], ''));
  const accepted = await postReply(sandbox.url, { fields: empty });
  expect(JSON.parse(accepted.text).data).not.toHaveProperty('attachments');
});

test('accepts an attachment without a body, but not a file with another name', async () => {
  const form = (name: string) => {
    const data = new FormData();
    data.append(name, new File(['a'], 'a.txt'));
    return data;
  };
  expect((await postReply(sandbox.url, { fields: form('attachment') })).status).toBe(200);
  const other = await postReply(sandbox.url, { fields: form('file') });
  expect(Object.keys(JSON.parse(other.text).meta.error_fields)).toEqual(['body']);
  expect(sandbox.received.at(-1)?.file).toMatchObject({ fieldName: 'file', filename: 'a.txt' });
});

test.each(['body_json', 'actions'])('refuses %s of more than 1 MiB before it is parsed', async (name) => {
  const wideJson = `{"a":[${'{},'.repeat((1024 * 1024) / 3)}{}]}`;
  const { status, text } = await postReply(sandbox.url, { fields: { body: 'x', [name]: wideJson } });
  expect([status, Object.keys(JSON.parse(text).meta.error_fields)]).toEqual([400, [name]]);
});
