/** A part has the documented shape, and contains what was sent. */

import { afterAll, expect, test } from 'vitest';
import { defaultUserId } from '../../../src/sandbox/api/check-reply.ts';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import { createPart, postReply } from '../post-reply.ts';

const sandbox = await startSandbox();
afterAll(() => sandbox.close());

const anId = expect.stringMatching(/^[1-9]\d{18}$/);
const defaultAdmin = { name: 'Sandbox', avatar: `${sandbox.url}/avatars/default.svg`, type: 'default_admin' };

test('composes every documented field of a plain reply, and no other', async () => {
  const before = Math.floor(Date.now() / 1_000);
  const part = await createPart(sandbox.url);
  expect(part).toEqual({
    id: anId,
    created: expect.any(Number),
    conversation: '1',
    body: 'Hello',
    body_json: {},
    direction: 'a2u',
    type: 'reply_admin',
    sent_via: 'api',
    meta_data: {},
    reply_type: 'text',
    actions: null,
    edited: null,
    removed: null,
    external_id: null,
    part_group: anId,
    from: defaultAdmin,
  });
  expect(Number.isInteger(part.created)).toBe(true);
  expect(part.created).toBeGreaterThanOrEqual(before);
  expect(part.created).toBeLessThanOrEqual(Date.now() / 1_000);
  expect(sandbox.received.at(-1)?.partId).toBe(part.id);
});

test('gives later parts larger ids, and the group of their conversation', async () => {
  const first = await createPart(sandbox.url);
  const second = await createPart(sandbox.url);
  const elsewhere = await createPart(sandbox.url, { id: '5' });
  expect(BigInt(second.id)).toBeGreaterThan(BigInt(first.id));
  expect(BigInt(elsewhere.id)).toBeGreaterThan(BigInt(second.id));
  expect(second.part_group).toBe(first.part_group);
  expect(elsewhere.part_group).not.toBe(first.part_group);
});

test.each(['reply_admin', 'note', 'article'])('type=%s is the type of the part', async (type) => {
  expect(await createPart(sandbox.url, { fields: { type } })).toMatchObject({ type, direction: 'a2u' });
});

test('describes a visitor as an id, and the part as a reply_user', async () => {
  const known = await createPart(sandbox.url, { fields: { from_user: '77', type: 'note' } });
  expect(known).toMatchObject({ from: '77', type: 'reply_user', direction: 'u2a' });
  const anyone = await createPart(sandbox.url, { fields: { from_user: 'default_user' } });
  expect(anyone.from).toBe(defaultUserId);
});

test('describes an admin as an object, the default admin without an id', async () => {
  const admin = await createPart(sandbox.url, { fields: { from_admin: '8164' } });
  expect(admin.from).toEqual({ ...defaultAdmin, id: '8164', name: 'Admin 8164', type: 'admin' });
  const anyone = await createPart(sandbox.url, { fields: { from_admin: 'default_admin' } });
  expect(anyone.from).toEqual(defaultAdmin);
});

test('adds assign_part for auto_assign', async () => {
  const part = await createPart(sandbox.url, {
    fields: { from_user: '77', auto_assign: '30542', external_id: 'x', body_json: '{"a":1}' },
  });
  const admin = { ...defaultAdmin, id: '30542', name: 'Admin 30542', type: 'admin' };
  expect(part.assign_part).toEqual({
    id: anId,
    created: part.created,
    conversation: '1',
    body: '',
    body_json: {},
    direction: 'a2u',
    type: 'assigned',
    sent_via: 'api',
    meta_data: {},
    reply_type: 'no',
    actions: null,
    edited: null,
    removed: null,
    external_id: null,
    part_group: part.part_group,
    assignee: admin,
    from: admin,
  });
  expect(part.assign_part.id).not.toBe(part.id);
  expect(part).toMatchObject({ from: '77', external_id: 'x', body_json: { a: 1 } });
});

test('includes optional fields only on request', async () => {
  const include = ['random_id', 'read', 'first', 'inbound_email', 'conversation'];
  const fields = Object.fromEntries(include.map((name) => [`include_${name}`, 'true']));
  const part = await createPart(sandbox.url, {
    fields: { ...fields, random_id: '-7', auto_assign: '1', auto_assign_random_id: '8' },
  });
  const optional = {
    read: false,
    first: false,
    inbound_email: anId,
    conversation: { id: '1', created: part.created, closed: false },
  };
  expect(part).toMatchObject({ ...optional, random_id: -7 });
  expect(part.assign_part).toMatchObject({ ...optional, random_id: 8 });

  const unmarked = await createPart(sandbox.url, { fields: { include_random_id: '1', auto_assign: '1' } });
  expect(unmarked.random_id).toBe(0);
  expect(unmarked.assign_part.random_id).toBe(0);
  const plain = await createPart(sandbox.url, {
    fields: { include_read: 'false', random_id: '9', auto_assign: '1' },
  });
  for (const name of ['random_id', 'read', 'first', 'inbound_email']) {
    expect(plain).not.toHaveProperty(name);
    expect(plain.assign_part).not.toHaveProperty(name);
  }
});

test('writes every id as a number with all of its digits without id_as_string', async () => {
  const form = new FormData();
  form.append('auto_assign', '18446744073709551615');
  form.append('from_user', '9007199254740993');
  form.append('include_inbound_email', 'true');
  form.append('include_conversation', 'true');
  form.append('attachment', new File(['a'], 'a.txt'));
  const { text } = await postReply(sandbox.url, { fields: form });
  expect(text).not.toMatch(/"\d+"/);
  expect(text).toMatch(/^\{"data":\{"id":\d{19},/);
  expect(text).toContain('"conversation":{"id":1,');
  expect(text).toMatch(/"attachments":\[\{"type":"file","id":\d{19},/);
  expect(text).toMatch(
    /"part_group":\d{19},.*"inbound_email":\d{19},"from":9007199254740993,"assign_part":\{"id":\d{19}/,
  );
  expect(text.match(/"id":18446744073709551615,"name"/g)).toHaveLength(2);
  const id = /"id":(\d+)/.exec(text)?.[1] ?? '0';
  expect(BigInt(JSON.parse(text).data.id)).not.toBe(BigInt(id));
});

test('returns quick replies as they were sent, numbers with every digit', async () => {
  const actions =
    '[{"type":"quick_reply","body":"Да 🎉","meta_data":{"id":12345678901234567890}},{"type":"quick_reply","body":"No","extra":1.0}]';
  const bodyJson = '{"ratio":0.1000000000000000055511151231257827,"deep":[{"n":-1.50e+3}]}';
  const { text } = await postReply(sandbox.url, { fields: { body: 'x', actions, body_json: bodyJson } });
  expect(text).toContain(`"actions":${actions},`);
  expect(text).toContain(`"body_json":${bodyJson},`);
  expect(text).toContain('"reply_type":"button"');
});

test('treats an empty list of actions as none', async () => {
  expect(await createPart(sandbox.url, { fields: { actions: '[]' } })).toMatchObject({
    actions: null,
    reply_type: 'text',
  });
});
