/** How every documented or odd shape of a part is decoded. */

import { expect, test } from 'vitest';
import { parseExactJson } from '../../src/conversation/exact-json.ts';
import { decodeReply } from '../../src/dashly/decode-part.ts';
import { collectUndocumented } from '../../src/dashly/inspection/collect-undocumented.ts';
import {
  documentedAdmin,
  documentedAssignPart,
  documentedAttachment,
  documentedPart,
} from '../support/upstream/documented-part.ts';
import { documentedAnswer } from '../support/upstream/start-upstream.ts';

type Data = Record<string, unknown>;

const { source } = collectUndocumented();

/** The reply for this `data`. */
function resultOf(data: unknown) {
  const reply = decodeReply(data, source);
  if (!reply) throw new Error('The data is not decoded.');
  return reply;
}

/** The part for the documented response with these changes; a key of `undefined` is removed. */
function partWith(changes: Data) {
  return resultOf({ ...documentedAnswer.data, ...changes }).part;
}

function expectBadResponse(data: unknown): void {
  expect(decodeReply(data, source)).toBeNull();
}

const decodedPart = {
  ...documentedPart,
  kind: 'conversationPart',
  from: { kind: 'user', id: '1447294708215711734' },
  actions: [
    { kind: 'quickReply', body: 'Red', metaData: { id: 1 } },
    { kind: 'quickReply', body: 'Blue', metaData: { id: 2 } },
  ],
  attachments: [{ ...documentedAttachment, createdAt: 1685352439 }],
  randomId: null,
  createdAt: 1685352440,
  read: null,
  first: null,
  inboundEmail: null,
};

const decodedAdmin = { kind: 'admin', ...documentedAdmin };

const decodedAssignPart = {
  ...documentedAssignPart,
  kind: 'assignPart',
  from: decodedAdmin,
  assignee: decodedAdmin,
  randomId: null,
  createdAt: 1685352624,
};

test('decodes the documented response completely', () => {
  expect(resultOf(documentedAnswer.data)).toEqual({
    part: decodedPart,
    assignPart: decodedAssignPart,
  });
});

test('optional fields that are missing are null or empty', () => {
  expect(resultOf({ id: '1', conversation: '2', created: 0, type: 'service' })).toEqual({
    part: {
      kind: 'conversationPart',
      id: '1',
      conversation: { id: '2' },
      partGroup: null,
      type: 'SERVICE',
      direction: null,
      sentVia: null,
      from: null,
      body: '',
      bodyJson: {},
      metaData: {},
      replyType: null,
      actions: null,
      externalId: null,
      randomId: null,
      createdAt: 0,
      editedAt: null,
      removedAt: null,
      read: null,
      first: null,
      inboundEmail: null,
      attachments: [],
    },
    assignPart: null,
  });
});

test.each(['9007199254740993', '12345678901234567890', '18446744073709551615', '5'])(
  'the bare number %s is an id everywhere',
  (id) => {
    const admin = { id: 0, name: 'A', avatar: null, type: 'admin' };
    const part = { id: 0, conversation: 0, part_group: 0, created: 1, type: 'note', from: 0 };
    const data = {
      ...part,
      inbound_email: 0,
      attachments: [{ id: 0, filename: 'f', mime_type: 'm', size: 1, url: 'u', created: 1 }],
      assign_part: { ...part, from: admin, assignee: admin },
    };
    const text = JSON.stringify(data).replaceAll(/:0([,}])/g, `:${id}$1`);
    const common = { id, partGroup: id, conversation: { id }, from: { id } };
    expect(resultOf(parseExactJson(text))).toMatchObject({
      part: { ...common, inboundEmail: id, attachments: [{ id }] },
      assignPart: { ...common, assignee: { id } },
    });
  },
);

/** The documented data with this JSON as the time of its creation and of its editing. */
function dataWithTime(json: string): unknown {
  const text = JSON.stringify({ ...documentedAnswer.data, created: 'time', edited: 'time' });
  return parseExactJson(text.replaceAll('"time"', json));
}

test.each([
  ['0', 0],
  ['1685352440.0', 1685352440],
  ['1.685352440e9', 1685352440],
  ['1685352440.123456', 1685352440.123456],
  ['1685352440.12345678901234567890', 1685352440.1234567],
  ['253402300799', 253402300799],
])('the time %s is a number of seconds', (json, seconds) => {
  expect(resultOf(dataWithTime(json)).part).toMatchObject({ createdAt: seconds, editedAt: seconds });
});

test.each(['-1', '253402300800', '1e400', '12345678901234567890', '"1685352440"', 'null', '{}'])(
  'the time %s is of an undocumented shape',
  (json) => expectBadResponse(dataWithTime(json)),
);

test.each(['type', 'direction', 'sent_via', 'reply_type'])(
  'an unknown value of %s becomes UNKNOWN',
  (field) => {
    const name =
      { type: 'type', direction: 'direction', sent_via: 'sentVia', reply_type: 'replyType' }[field] ?? '';
    for (const value of [
      'hologram',
      'unknown',
      'REPLY_ADMIN',
      'A2U',
      'constructor',
      '__proto__',
      ' ',
      '🎉',
    ]) {
      expect(partWith({ [field]: value })).toMatchObject({ [name]: 'UNKNOWN' });
    }
  },
);

test('an unknown kind of admin becomes UNKNOWN', () => {
  for (const type of ['oracle', 'default_admin', '', 'ADMIN', 'toString', null, undefined]) {
    const part = partWith({ from: { id: '5', name: 'Smith', type } });
    expect(part.from).toEqual({ kind: 'admin', id: '5', name: 'Smith', avatar: null, type: 'UNKNOWN' });
  }
});

const partTypes =
  'reply_user reply_admin auto_reply note tag_added tag_deleted assigned closed final_closed delayed channel_changed vote article chat_bot_admin chat_bot_user service';
const sentVias =
  'web_user email_user web_panel email_admin app_android app_ios app_chrome app_desktop message_auto message_manual message_chat_bot api integrations system auto_reply';

test.each([
  ['type', 'type', partTypes],
  ['sent_via', 'sentVia', sentVias],
  ['reply_type', 'replyType', 'text email phone push button no'],
])('every documented %s has its value', (field, name, values) => {
  for (const value of values.split(' ')) {
    expect(partWith({ [field]: value })).toMatchObject({ [name]: value.toUpperCase() });
  }
});

test.each<[field: string, value: unknown, part: object]>([
  ['direction', 'a2u', { direction: 'ADMIN_TO_USER' }],
  ['direction', '', { direction: null }],
  ['direction', null, { direction: null }],
  ['direction', undefined, { direction: null }],
  ['sent_via', '', { sentVia: null }],
  ['sent_via', null, { sentVia: null }],
  ['sent_via', undefined, { sentVia: null }],
  ['reply_type', '', { replyType: null }],
  ['reply_type', null, { replyType: null }],
  ['reply_type', undefined, { replyType: null }],
  ['type', '', { type: 'UNKNOWN' }],
  ['body', null, { body: '' }],
  ['body', undefined, { body: '' }],
  ['body', '🎉\u0000</script>', { body: '🎉\u0000</script>' }],
  ['body_json', null, { bodyJson: {} }],
  ['body_json', undefined, { bodyJson: {} }],
  ['body_json', { a: [{}] }, { bodyJson: { a: [{}] } }],
  ['meta_data', null, { metaData: {} }],
  ['meta_data', undefined, { metaData: {} }],
  ['part_group', null, { partGroup: null }],
  ['part_group', undefined, { partGroup: null }],
  ['external_id', undefined, { externalId: null }],
  ['external_id', '', { externalId: '' }],
  ['external_id', 'ext', { externalId: 'ext' }],
  ['edited', 1685352440.25, { editedAt: 1685352440.25 }],
  ['edited', undefined, { editedAt: null }],
  ['removed', 1685352440, { removedAt: 1685352440 }],
  ['removed', undefined, { removedAt: null }],
  ['created', 1685352440.123456, { createdAt: 1685352440.123456 }],
  ['attachments', undefined, { attachments: [] }],
  ['attachments', null, { attachments: [] }],
  ['attachments', [], { attachments: [] }],
  ['actions', undefined, { actions: null }],
  ['actions', [], { actions: [] }],
  ['conversation', { id: '7', closed: false, name_internal: 'x' }, { conversation: { id: '7' } }],
  ['conversation', { id: 7 }, { conversation: { id: '7' } }],
  ['conversation', 7, { conversation: { id: '7' } }],
  ['from', undefined, { from: null }],
  ['from', null, { from: null }],
  ['from', 7, { from: { kind: 'user', id: '7' } }],
  ['from', '7', { from: { kind: 'user', id: '7' } }],
  [
    'from',
    { id: '7', name: 'Bot', avatar: null, type: 'bot' },
    { from: { kind: 'admin', id: '7', name: 'Bot', avatar: null, type: 'BOT' } },
  ],
  ['from', { id: '7' }, { from: { kind: 'admin', id: '7', name: '', avatar: null, type: 'UNKNOWN' } }],
  [
    'from',
    { name: 'Default', avatar: 'https://a', type: 'default_admin' },
    { from: { kind: 'defaultAdmin', name: 'Default', avatar: 'https://a' } },
  ],
  ['from', { id: null, type: 'oracle' }, { from: { kind: 'defaultAdmin', name: '', avatar: null } }],
  ['from', {}, { from: { kind: 'defaultAdmin', name: '', avatar: null } }],
  ['a_new_field', { of: ['any'] }, {}],
])('%s of %o', (field, value, part) => {
  expect(partWith({ [field]: value })).toEqual({ ...decodedPart, ...part });
});

test.each<[action: unknown, expected: object]>([
  [
    { type: 'quick_reply', body: 'A' },
    { kind: 'quickReply', body: 'A', metaData: null },
  ],
  [
    { type: 'quick_reply', body: '', meta_data: null },
    { kind: 'quickReply', body: '', metaData: null },
  ],
  [
    { type: 'quick_reply', body: 'A', meta_data: {}, more: 1 },
    { kind: 'quickReply', body: 'A', metaData: {} },
  ],
  [
    { type: 'date_picker', from: 1 },
    { kind: 'otherAction', type: 'date_picker', data: { type: 'date_picker', from: 1 } },
  ],
  [{ type: 'quick_reply' }, { kind: 'otherAction', type: 'quick_reply', data: { type: 'quick_reply' } }],
  [
    { type: 'quick_reply', body: 5 },
    { kind: 'otherAction', type: 'quick_reply', data: { type: 'quick_reply', body: 5 } },
  ],
  [
    { type: 'quick_reply', body: 'A', meta_data: 'text' },
    {
      kind: 'otherAction',
      type: 'quick_reply',
      data: { type: 'quick_reply', body: 'A', meta_data: 'text' },
    },
  ],
  [
    { type: 'quick_reply', body: 'A', meta_data: [1] },
    {
      kind: 'otherAction',
      type: 'quick_reply',
      data: { type: 'quick_reply', body: 'A', meta_data: [1] },
    },
  ],
  [{ type: 5 }, { kind: 'otherAction', type: 'unknown', data: { type: 5 } }],
  [{}, { kind: 'otherAction', type: 'unknown', data: {} }],
  [null, { kind: 'otherAction', type: 'unknown', data: {} }],
  ['quick_reply', { kind: 'otherAction', type: 'unknown', data: {} }],
  [5, { kind: 'otherAction', type: 'unknown', data: {} }],
  [[{ type: 'quick_reply', body: 'A' }], { kind: 'otherAction', type: 'unknown', data: {} }],
])('the action %j', (action, expected) => {
  const part = partWith({ actions: [{ type: 'quick_reply', body: 'before' }, action] });
  expect(part.actions).toEqual([{ kind: 'quickReply', body: 'before', metaData: null }, expected]);
});

test('an action that is nested too deeply keeps its upper levels', () => {
  /** An object of that many levels; the innermost is `{}`. */
  const nested = (levels: number): object => (levels === 1 ? {} : { a: nested(levels - 1) });
  /** The same object, truncated to this number of levels. */
  const cut = (levels: number): object | null => (levels === 0 ? null : { a: cut(levels - 1) });
  const part = partWith({
    actions: [
      { type: 'quick_reply', body: 'As deep as may be', meta_data: nested(100) },
      { type: 'quick_reply', body: 'Deeper', meta_data: { ...nested(101), id: 1, list: [[nested(200)], 2] } },
      { type: 'date_picker', from: 1, deep: nested(1_000), list: Array(3).fill(nested(1_000)) },
    ],
  });
  expect(part.actions).toEqual([
    { kind: 'quickReply', body: 'As deep as may be', metaData: nested(100) },
    { kind: 'quickReply', body: 'Deeper', metaData: { ...cut(100), id: 1, list: [[cut(97)], 2] } },
    {
      kind: 'otherAction',
      type: 'date_picker',
      data: { type: 'date_picker', from: 1, deep: cut(99), list: Array(3).fill(cut(98)) },
    },
  ]);
});

test('name_internal of an admin is in no response', () => {
  const admin = {
    id: '5',
    name: 'Public',
    avatar: null,
    type: 'admin',
    name_internal: 'personal@example.com',
  };
  const { id: _, ...withoutId } = admin;
  const assignPart = documentedAnswer.data['assign_part'] as Data;
  for (const from of [admin, withoutId]) {
    const result = resultOf({
      ...documentedAnswer.data,
      from,
      assign_part: { ...assignPart, from, assignee: admin },
    });
    expect(result.part.from).toMatchObject({ name: 'Public' });
    expect(JSON.stringify(result)).not.toMatch(/name_?internal|personal@/i);
  }
});

test.each<[assigned: unknown, expected: object | null]>([
  [undefined, null],
  [null, null],
  [
    { id: '1', conversation: '2', created: 1, type: 'assigned' },
    { assignee: null, from: null, type: 'ASSIGNED' },
  ],
  [{ id: '1', conversation: '2', created: 1, type: 'assigned', assignee: null }, { assignee: null }],
  [
    {
      id: '1',
      conversation: '2',
      created: 1,
      type: 'assigned',
      assignee: { name: 'Default', type: 'default_admin' },
    },
    { assignee: null },
  ],
  [
    { id: '1', conversation: '2', created: 1, type: 'assigned', assignee: { id: 5 } },
    { assignee: { id: '5', name: '', avatar: null, type: 'UNKNOWN' } },
  ],
  [
    { id: '1', conversation: { id: 3 }, created: 1.5, type: 'x', from: 5 },
    { conversation: { id: '3' }, type: 'UNKNOWN', from: { kind: 'user', id: '5' } },
  ],
])('assign_part of %j', (assigned, expected) => {
  const { assignPart } = resultOf({ ...documentedAnswer.data, assign_part: assigned });
  if (expected === null) expect(assignPart).toBeNull();
  else expect(assignPart).toMatchObject(expected);
});

test.each<[field: string, value: unknown, name: string, expected: unknown]>([
  ['random_id', 2147483647, 'randomId', 2147483647],
  ['random_id', -2147483648, 'randomId', -2147483648],
  ['random_id', '5', 'randomId', 5],
  ['random_id', '-5', 'randomId', -5],
  ['random_id', 1.5, 'randomId', null],
  ['random_id', {}, 'randomId', null],
  ['random_id', undefined, 'randomId', null],
  ['read', true, 'read', true],
  ['read', false, 'read', false],
  ['read', 'true', 'read', null],
  ['read', 1685352440, 'read', null],
  ['first', true, 'first', true],
  ['first', [], 'first', null],
  ['inbound_email', '5', 'inboundEmail', '5'],
  ['inbound_email', null, 'inboundEmail', null],
  ['inbound_email', '', 'inboundEmail', null],
  ['inbound_email', { id: '5' }, 'inboundEmail', null],
])('the optional field %s of %j does not affect the rest', (field, value, name, expected) => {
  expect(partWith({ [field]: value })).toMatchObject({ id: decodedPart.id, [name]: expected });
});

test.each<[title: string, data: unknown]>([
  ['null', null],
  ['nothing', undefined],
  ['an empty object', {}],
  ['a list', [documentedAnswer.data]],
  ['a string', 'ok'],
  ['a number', 1],
])('data that is %s', (_title, data) => expectBadResponse(data));

test.each<[field: string, ...values: unknown[]]>([
  ['id', undefined, null, '', -5, 1.5, true, {}, ['1'], '1'.repeat(201), JSON.rawJSON('1'.repeat(201))],
  ['conversation', undefined, null, '', -5, {}, { id: null }, [], true],
  ['created', undefined, null, 'yesterday', {}, -1],
  ['type', undefined, null, 5, {}],
  ['body', 5, {}, []],
  ['body_json', 'x', [], 5],
  ['meta_data', 'x', [], true],
  ['actions', {}, 'x', 5],
  ['attachments', {}, 'x', [null], [{}], [{ id: '1' }]],
  ['assign_part', 'x', [], 5, {}, { id: '1' }],
])('%s of an undocumented shape', (field, ...values) => {
  for (const value of values) expectBadResponse({ ...documentedAnswer.data, [field]: value });
});
