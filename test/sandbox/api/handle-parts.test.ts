/** `GET /conversations/{id}/parts` returns what exists, in pages, as Dashly documents it. */

import { afterAll, describe, expect, test } from 'vitest';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import { getParts } from '../get-parts.ts';
import { createPart, postReply } from '../post-reply.ts';

const sandbox = await startSandbox();
afterAll(() => sandbox.close());
const { url } = sandbox;

const idsOf = (parts: Array<{ id: string }>) => parts.map(({ id }) => id);

test('returns the earlier parts of a conversation, newest first', async () => {
  const { status, headers, data, meta } = await getParts(url, { id: '302' });
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(Math.abs(Date.parse(headers.get('date') ?? '') - Date.now())).toBeLessThan(60_000);
  expect(data.map(({ type }) => type)).toEqual(['note', 'reply_admin', 'assigned', 'reply_user']);
  expect(meta).toEqual({ status: 200, next_before_position: null, next_after_position: null });
  expect(data[1]).toEqual({
    id: expect.stringMatching(/^\d{19}$/),
    created: expect.any(Number),
    conversation: '302',
    body: 'Yes, how can we help you?',
    body_json: {},
    direction: 'a2u',
    type: 'reply_admin',
    sent_via: 'web_panel',
    meta_data: {},
    reply_type: 'text',
    actions: null,
    edited: null,
    removed: null,
    external_id: null,
    part_group: expect.stringMatching(/^\d{19}$/),
    from: { id: '8164', name: 'Admin 8164', avatar: `${url}/avatars/default.svg`, type: 'admin' },
  });
  const admin = { id: '8164', type: 'admin' };
  expect(data[2]).toMatchObject({ body: '', assignee: admin, from: admin });
  for (const [index, { created }] of data.slice(1).entries()) {
    expect(created).toBeLessThan(data[index].created);
  }
});

test('returns a reply as the call that created it, and its assignment as a part of its own', async () => {
  const fields = new FormData();
  const sent = {
    body: 'Hello',
    id_as_string: 'true',
    random_id: '2147483647',
    auto_assign: '15',
    auto_assign_random_id: '7',
    include_random_id: 'true',
    actions: '[{"type":"quick_reply","body":"Yes","meta_data":{"id":1}}]',
  };
  for (const [name, value] of Object.entries(sent)) fields.append(name, value);
  fields.append('attachment', new File(['x'], 'a.txt'));
  const { data: created } = JSON.parse((await postReply(url, { fields })).text);
  const { assign_part: assignPart, ...part } = created;
  const { data } = await getParts(url, { query: { paginate_count: '2', include_random_id: 'true' } });
  expect(data).toEqual([assignPart, part]);
  expect(data.map((it) => it.random_id)).toEqual([7, 2147483647]);
});

test('includes optional fields only on request', async () => {
  await postReply(url, { fields: { body: 'x', random_id: '5' } });
  const newest = async (query: Record<string, string>) => (await getParts(url, { query })).data[0];
  const optional = ['random_id', 'read', 'first', 'inbound_email'];
  const plain = await newest({ include_random_id: 'false' });
  for (const name of optional) expect(plain).not.toHaveProperty(name);
  expect(plain.conversation).toBe('1');
  const names = [...optional, 'conversation'];
  expect(await newest(Object.fromEntries(names.map((name) => [`include_${name}`, 'true'])))).toMatchObject({
    random_id: 5,
    read: false,
    first: false,
    inbound_email: expect.stringMatching(/^\d{19}$/),
    conversation: { id: '1', created: plain.created, closed: false },
  });
  const all = await getParts(url, { id: '302', query: { include_first: '1', include_random_id: '1' } });
  expect(all.data.map(({ first, random_id }) => [first, random_id])).toEqual([
    [false, 0],
    [false, 0],
    [false, 0],
    [true, 0],
  ]);
});

test('writes ids and positions as numbers with all of their digits without id_as_string', async () => {
  await postReply(url, { fields: { body: 'x', auto_assign: '18446744073709551615' } });
  for (const [id, idAsString] of [
    ['1', 'false'],
    ['2', 'true'],
  ] as const) {
    const { text } = await getParts(url, { id, query: { id_as_string: idAsString, paginate_count: '2' } });
    expect(text).not.toMatch(/"\d+"/);
    expect(text).toMatch(/^\{"data":\[\{"id":\d{19},.*"next_before_position":\[\d{19}\]/);
  }
  const { text } = await getParts(url, { query: { id_as_string: '0', paginate_count: '1' } });
  expect(text).toContain('"assignee":{"id":18446744073709551615,');
});

describe('pages', () => {
  const read = (query: Record<string, string>) => getParts(url, { id: '60', query });

  test('has 20 parts, then the 40 before them, and none of an unknown type is lost', async () => {
    const first = await read({});
    expect(first.data).toHaveLength(20);
    expect(first.meta).toMatchObject({
      next_before_position: [first.data.at(-1).id],
      next_after_position: null,
    });
    const position = JSON.stringify(first.meta['next_before_position']);
    const second = await read({ paginate_position: position, paginate_count: '50' });
    expect(second.data).toHaveLength(40);
    expect(second.meta).toMatchObject({
      next_before_position: null,
      next_after_position: [second.data[0].id],
    });
    const all = [...first.data, ...second.data];
    expect(idsOf(all)).toEqual(idsOf(all).toSorted((a, b) => Number(BigInt(b) - BigInt(a))));
    expect(new Set(idsOf(all)).size).toBe(60);
    expect(all.map(({ type }) => type)).toContain('reply_hologram');
  });

  test('after a position, the parts that come next', async () => {
    const all = (await read({ paginate_count: '50' })).data;
    const position = `[${all[10].id}]`;
    const query = { paginate_position: position, paginate_direction: 'after', paginate_count: '3' };
    const page = await read(query);
    expect(idsOf(page.data)).toEqual(idsOf(all.slice(7, 10)));
    expect(page.meta).toMatchObject({ next_before_position: [all[9].id], next_after_position: [all[7].id] });
    const ascending = await read({ ...query, paginate_page_order: 'asc' });
    expect(idsOf(ascending.data)).toEqual(idsOf(page.data).toReversed());
    expect(ascending.meta).toEqual(page.meta);
  });

  test('with paginate_including, the part at the position too', async () => {
    const all = (await read({ paginate_count: '50' })).data;
    for (const [direction, expected] of [
      ['before', all.slice(10, 12)],
      ['after', all.slice(9, 11)],
    ] as const) {
      const page = await read({
        paginate_position: JSON.stringify([all[10].id]),
        paginate_direction: direction,
        paginate_including: 'true',
        paginate_count: '2',
      });
      expect(idsOf(page.data)).toEqual(idsOf(expected));
    }
  });

  test('after no position, from the oldest part', async () => {
    const { data, meta } = await read({ paginate_direction: 'after', paginate_count: '2' });
    expect(data.map(({ type }) => type)).toEqual(['assigned', 'reply_user']);
    expect(meta).toMatchObject({ next_before_position: null, next_after_position: [data[0].id] });
  });

  test('is empty at the end, with the position of the other direction', async () => {
    const [newest] = (await read({ paginate_count: '1' })).data;
    const end = await read({ paginate_position: `["${newest.id}"]`, paginate_direction: 'after' });
    expect(end.data).toEqual([]);
    expect(end.meta).toMatchObject({ next_before_position: [newest.id], next_after_position: null });
    const beyond = await read({ paginate_position: '[1]' });
    expect(beyond.data).toEqual([]);
    expect(beyond.meta).toMatchObject({ next_before_position: null, next_after_position: ['1'] });
  });
});

describe('refuses', () => {
  test.each<[name: string, value: string]>([
    ['paginate_position', ''],
    ['paginate_position', '5'],
    ['paginate_position', '[]'],
    ['paginate_position', '[1,2]'],
    ['paginate_position', '["x"]'],
    ['paginate_position', '[null]'],
    ['paginate_position', '[1.5]'],
    ['paginate_position', '[18446744073709551616]'],
    ['paginate_count', '0'],
    ['paginate_count', '51'],
    ['paginate_count', '5.0'],
    ['paginate_count', ''],
    ['paginate_direction', 'backwards'],
    ['paginate_page_order', 'DESC'],
  ])('%s=%s with ValidationError', async (name, value) => {
    const { status, meta, data } = await getParts(url, { query: { [name]: value } });
    expect([status, data]).toEqual([400, {}]);
    expect(meta).toMatchObject({
      status: 400,
      error: 'ValidationError',
      error_fields: { [name]: expect.stringMatching(/^Expected .+\.$/) },
    });
  });

  test('an id that cannot be one with ValidationError', async () => {
    expect((await getParts(url, { id: '01' })).meta).toMatchObject({
      error: 'ValidationError',
      error_fields: { id: 'Expected an id.' },
    });
  });

  test('paginate_direction=around, and a query that is not well encoded, with BadRequest', async () => {
    const { status, meta } = await getParts(url, { query: { paginate_direction: 'around' } });
    expect([status, meta['error']]).toEqual([400, 'BadRequest']);
    const headers = { authorization: 'Token sandbox' };
    const response = await fetch(`${url}/conversations/1/parts?paginate_count=%`, { headers });
    expect(await response.json()).toMatchObject({ meta: { status: 400, error: 'BadRequest' } });
  });

  test.each([
    ['77', 400, 'LookupError'],
    ['4005', 400, 'LookupError'],
    ['403', 403, 'PermissionDeniedError'],
    ['401', 401, 'NotAuthenticated'],
  ])('conversation %s with %i %s', async (id, status, error) => {
    const response = await getParts(url, { id });
    expect(response.status).toBe(status);
    expect(response.meta).toMatchObject({ status, error });
    expect(response.data).toEqual({});
  });

  test('a wrong token before anything else', async () => {
    for (const headers of [{ authorization: 'Token other' }, {}]) {
      const { status, meta } = await getParts(url, { id: 'x', query: { paginate_count: '0' }, headers });
      expect([status, meta['error']]).toEqual([401, 'NotAuthenticated']);
    }
  });
});

test('does not change what the sandbox stores', async () => {
  const before = sandbox.received.length;
  const first = await getParts(url);
  expect((await getParts(url)).text).toBe(first.text);
  expect(sandbox.received).toHaveLength(before);
});

test('keeps the earlier parts, even if many replies arrive', async () => {
  const own = await startSandbox();
  for (let sent = 0; sent < 1_005; sent += 15) {
    await Promise.all(Array.from({ length: 15 }, () => postReply(own.url)));
  }
  const [newest] = (await getParts(own.url, { query: { paginate_count: '1' } })).data;
  const oldest = await getParts(own.url, { query: { paginate_direction: 'after', paginate_count: '5' } });
  expect(oldest.data.map(({ body }) => body).slice(0, 2)).toEqual([
    'Hello',
    'This visitor has written before.',
  ]);
  let read = 1;
  let position: unknown = [newest.id];
  while (position !== null) {
    const query = { paginate_position: JSON.stringify(position), paginate_count: '50' };
    const page = await getParts(own.url, { query });
    read += page.data.length;
    position = page.meta['next_before_position'];
  }
  expect(read).toBe(1_004);
  await own.close();
});

test('gives new parts larger ids than the earlier ones', async () => {
  const { id } = await createPart(url, { id: '5' });
  const { data } = await getParts(url, { id: '5' });
  expect(idsOf(data).indexOf(id)).toBe(0);
  expect(data.length).toBe(5);
});
