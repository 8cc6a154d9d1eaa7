/** How every documented or odd shape of a part is decoded. */

import { describe, expect, test } from 'vitest';
import { everything, reply } from '../support/gateway/reply.ts';
import { startStage } from '../support/gateway/start-stage.ts';
import { answerJson, documentedAnswer, documentedConversation } from '../support/upstream/start-upstream.ts';

const input = { conversationId: documentedConversation };

type Data = Record<string, unknown>;

/** A reply to the conversation of this `data`, if it has one. */
function inputFor(data: unknown): object {
  const { conversation } = (data ?? {}) as Data;
  const id = Object(conversation).id ?? conversation;
  return /^\d+$/.test(String(id)) ? { conversationId: String(id) } : input;
}

/** The result of a reply if Dashly responds with this `data`. */
async function resultOf(data: unknown, selection = everything, more: object = {}) {
  const { gateway } = await startStage(answerJson({ data, meta: { status: 200 } }));
  const result = await reply(gateway, { ...inputFor(data), ...more }, selection);
  expect(gateway.errors).toEqual([]);
  return result;
}

/** The part for the documented response with these changes; a key of `undefined` is removed. */
async function partWith(changes: Data, selection?: string, more?: object) {
  const { part } = await resultOf({ ...documentedAnswer.data, ...changes }, selection, more);
  expect(part).toBeDefined();
  return part;
}

async function expectBadResponse(data: unknown): Promise<void> {
  expect(await resultOf(data)).toEqual({
    __typename: 'DashlyUnavailableError',
    message:
      'The response of Dashly is not what its API documents. The reply was created: do not send it again.',
    delivery: 'DELIVERED',
    reason: 'BAD_RESPONSE',
  });
}

const documentedPart = {
  __typename: 'ConversationPart',
  id: '1453279698921457472',
  conversation: { id: '1447294760057308402' },
  partGroup: '1447294760216691955',
  type: 'REPLY_USER',
  direction: 'USER_TO_ADMIN',
  sentVia: 'API',
  from: { __typename: 'User', id: '1447294708215711734' },
  body: "What's your choice, Neo?",
  bodyJson: {},
  metaData: { some_extra_reply_information: 123 },
  replyType: 'NO',
  actions: [
    { __typename: 'QuickReply', body: 'Red', metaData: { id: 1 } },
    { __typename: 'QuickReply', body: 'Blue', metaData: { id: 2 } },
  ],
  externalId: null,
  createdAt: '2023-05-29T09:27:20.000Z',
  editedAt: null,
  removedAt: null,
  attachments: [
    {
      id: '1453279691052943108',
      filename: 'test_import.csv',
      mimeType: 'text/csv',
      size: 156,
      url: 'https://files.dashly.app/attachments/2782/2e7cac55-dff0-4142-9460-14d64ff08623/test_import.csv',
      createdAt: '2023-05-29T09:27:19.000Z',
    },
  ],
};

const documentedAdmin = {
  id: '30542',
  name: 'Test',
  avatar: 'https://files.dashly.app/avatars/default-v4.png',
  type: 'ADMIN',
};

const documentedAssignPart = {
  __typename: 'AssignPart',
  id: '1453281238935668443',
  conversation: { id: '1447294760057308402' },
  partGroup: '1447294760216691955',
  type: 'ASSIGNED',
  direction: 'ADMIN_TO_USER',
  sentVia: 'API',
  from: { __typename: 'Admin', ...documentedAdmin },
  body: '',
  bodyJson: {},
  metaData: {},
  replyType: 'NO',
  actions: null,
  externalId: null,
  createdAt: '2023-05-29T09:30:24.000Z',
  editedAt: null,
  removedAt: null,
  assignee: documentedAdmin,
};

test('decodes the documented response completely', async () => {
  expect(await resultOf(documentedAnswer.data)).toEqual({
    __typename: 'ReplyToConversationPayload',
    part: documentedPart,
    assignPart: documentedAssignPart,
  });
});

test('optional fields that are missing are null or empty', async () => {
  expect(await resultOf({ id: '1', conversation: '2', created: 0, type: 'service' })).toEqual({
    __typename: 'ReplyToConversationPayload',
    part: {
      __typename: 'ConversationPart',
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
      createdAt: '1970-01-01T00:00:00.000Z',
      editedAt: null,
      removedAt: null,
      attachments: [],
    },
    assignPart: null,
  });
});

describe.each(['9007199254740993', '12345678901234567890', '18446744073709551615', '5'])(
  'the bare number %s',
  (id) => {
    test('is an id everywhere', async () => {
      const admin = { id: 0, name: 'A', avatar: null, type: 'admin' };
      const part = { id: 0, conversation: 0, part_group: 0, created: 1, type: 'note', from: 0 };
      const data = {
        ...part,
        inbound_email: 0,
        attachments: [{ id: 0, filename: 'f', mime_type: 'm', size: 1, url: 'u', created: 1 }],
        assign_part: { ...part, from: admin, assignee: admin },
      };
      const text = JSON.stringify({ data, meta: { status: 200 } }).replaceAll(/:0([,}])/g, `:${id}$1`);
      const { gateway } = await startStage(answerJson(text));
      const ids = 'id partGroup conversation { id } from { ... on Admin { id } ... on User { id } }';
      const selection = `... on ReplyToConversationPayload {
      part { ${ids} inboundEmail attachments { id } } assignPart { ${ids} assignee { id } }
    }`;
      const common = { id, partGroup: id, conversation: { id }, from: { id } };
      expect(await reply(gateway, { conversationId: id }, selection)).toEqual({
        part: { ...common, inboundEmail: id, attachments: [{ id }] },
        assignPart: { ...common, assignee: { id } },
      });
    });
  },
);

test.each(['type', 'direction', 'sent_via', 'reply_type'])(
  'an unknown value of %s becomes UNKNOWN',
  async (field) => {
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
      expect(
        await partWith({ [field]: value }, `... on ReplyToConversationPayload { part { ${name} } }`),
      ).toEqual({
        [name]: 'UNKNOWN',
      });
    }
  },
);

test('an unknown kind of admin becomes UNKNOWN', async () => {
  for (const type of ['oracle', 'default_admin', '', 'ADMIN', 'toString', null, undefined]) {
    const part = await partWith({ from: { id: '5', name: 'Smith', type } });
    expect(part.from).toEqual({ __typename: 'Admin', id: '5', name: 'Smith', avatar: null, type: 'UNKNOWN' });
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
])('every documented %s has its value', async (field, name, values) => {
  const { gateway } = await startStage((response, { fields }) => {
    const value = new Map(fields).get('body');
    response.end(
      JSON.stringify({ data: { ...documentedAnswer.data, [field]: value }, meta: { status: 200 } }),
    );
  });
  for (const value of values.split(' ')) {
    const selection = `... on ReplyToConversationPayload { part { ${name} } }`;
    const { part } = await reply(gateway, { ...input, body: value }, selection);
    expect(part).toEqual({ [name]: value.toUpperCase() });
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
  ['edited', 1685352440.25, { editedAt: '2023-05-29T09:27:20.250Z' }],
  ['edited', undefined, { editedAt: null }],
  ['removed', 1685352440, { removedAt: '2023-05-29T09:27:20.000Z' }],
  ['removed', undefined, { removedAt: null }],
  ['created', 1685352440.123456, { createdAt: '2023-05-29T09:27:20.123456Z' }],
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
  ['from', 7, { from: { __typename: 'User', id: '7' } }],
  ['from', '7', { from: { __typename: 'User', id: '7' } }],
  [
    'from',
    { id: '7', name: 'Bot', avatar: null, type: 'bot' },
    { from: { __typename: 'Admin', id: '7', name: 'Bot', avatar: null, type: 'BOT' } },
  ],
  ['from', { id: '7' }, { from: { __typename: 'Admin', id: '7', name: '', avatar: null, type: 'UNKNOWN' } }],
  [
    'from',
    { name: 'Default', avatar: 'https://a', type: 'default_admin' },
    { from: { __typename: 'DefaultAdmin', name: 'Default', avatar: 'https://a' } },
  ],
  ['from', { id: null, type: 'oracle' }, { from: { __typename: 'DefaultAdmin', name: '', avatar: null } }],
  ['from', {}, { from: { __typename: 'DefaultAdmin', name: '', avatar: null } }],
  ['a_new_field', { of: ['any'] }, {}],
])('%s of %o', async (field, value, part) => {
  expect(await partWith({ [field]: value })).toEqual({ ...documentedPart, ...part });
});

test.each<[action: unknown, expected: object]>([
  [
    { type: 'quick_reply', body: 'A' },
    { __typename: 'QuickReply', body: 'A', metaData: null },
  ],
  [
    { type: 'quick_reply', body: '', meta_data: null },
    { __typename: 'QuickReply', body: '', metaData: null },
  ],
  [
    { type: 'quick_reply', body: 'A', meta_data: {}, more: 1 },
    { __typename: 'QuickReply', body: 'A', metaData: {} },
  ],
  [
    { type: 'date_picker', from: 1 },
    { __typename: 'OtherAction', type: 'date_picker', data: { type: 'date_picker', from: 1 } },
  ],
  [
    { type: 'quick_reply' },
    { __typename: 'OtherAction', type: 'quick_reply', data: { type: 'quick_reply' } },
  ],
  [
    { type: 'quick_reply', body: 5 },
    { __typename: 'OtherAction', type: 'quick_reply', data: { type: 'quick_reply', body: 5 } },
  ],
  [
    { type: 'quick_reply', body: 'A', meta_data: 'text' },
    {
      __typename: 'OtherAction',
      type: 'quick_reply',
      data: { type: 'quick_reply', body: 'A', meta_data: 'text' },
    },
  ],
  [
    { type: 'quick_reply', body: 'A', meta_data: [1] },
    {
      __typename: 'OtherAction',
      type: 'quick_reply',
      data: { type: 'quick_reply', body: 'A', meta_data: [1] },
    },
  ],
  [{ type: 5 }, { __typename: 'OtherAction', type: 'unknown', data: { type: 5 } }],
  [{}, { __typename: 'OtherAction', type: 'unknown', data: {} }],
  [null, { __typename: 'OtherAction', type: 'unknown', data: {} }],
  ['quick_reply', { __typename: 'OtherAction', type: 'unknown', data: {} }],
  [5, { __typename: 'OtherAction', type: 'unknown', data: {} }],
  [[{ type: 'quick_reply', body: 'A' }], { __typename: 'OtherAction', type: 'unknown', data: {} }],
])('the action %j', async (action, expected) => {
  const part = await partWith({ actions: [{ type: 'quick_reply', body: 'before' }, action] });
  expect(part.actions).toEqual([{ __typename: 'QuickReply', body: 'before', metaData: null }, expected]);
});

test('an action that is nested too deeply keeps its upper levels', async () => {
  /** An object of that many levels; the innermost is `{}`. */
  const nested = (levels: number): object => (levels === 1 ? {} : { a: nested(levels - 1) });
  /** The same object, truncated to this number of levels. */
  const cut = (levels: number): object | null => (levels === 0 ? null : { a: cut(levels - 1) });
  const part = await partWith({
    actions: [
      { type: 'quick_reply', body: 'As deep as may be', meta_data: nested(100) },
      { type: 'quick_reply', body: 'Deeper', meta_data: { ...nested(101), id: 1, list: [[nested(200)], 2] } },
      { type: 'date_picker', from: 1, deep: nested(1_000), list: Array(3).fill(nested(1_000)) },
    ],
  });
  expect(part.actions).toEqual([
    { __typename: 'QuickReply', body: 'As deep as may be', metaData: nested(100) },
    { __typename: 'QuickReply', body: 'Deeper', metaData: { ...cut(100), id: 1, list: [[cut(97)], 2] } },
    {
      __typename: 'OtherAction',
      type: 'date_picker',
      data: { type: 'date_picker', from: 1, deep: cut(99), list: Array(3).fill(cut(98)) },
    },
  ]);
});

test('name_internal of an admin is in no response', async () => {
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
    const result = await resultOf({
      ...documentedAnswer.data,
      from,
      assign_part: { ...assignPart, from, assignee: admin },
    });
    expect(result.part.from.name).toBe('Public');
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
    { conversation: { id: '3' }, type: 'UNKNOWN', from: { __typename: 'User', id: '5' } },
  ],
])('assign_part of %j', async (assigned, expected) => {
  const { assignPart } = await resultOf({ ...documentedAnswer.data, assign_part: assigned });
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
])('the optional field %s of %j does not affect the rest', async (field, value, name, expected) => {
  const selection = `... on ReplyToConversationPayload { part { id ${name} } }`;
  const randomId = field === 'random_id' ? expected : null;
  expect(await partWith({ [field]: value }, selection, { randomId })).toEqual({
    id: documentedPart.id,
    [name]: expected,
  });
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
  ['id', undefined, null, '', -5, 1.5, true, {}, ['1']],
  ['conversation', undefined, null, '', -5, {}, { id: null }, [], true],
  ['created', undefined, null, 'yesterday', {}, -1],
  ['type', undefined, null, 5, {}],
  ['body', 5, {}, []],
  ['body_json', 'x', [], 5],
  ['meta_data', 'x', [], true],
  ['actions', {}, 'x', 5],
  ['attachments', {}, 'x', [null], [{}], [{ id: '1' }]],
  ['assign_part', 'x', [], 5, {}, { id: '1' }],
])('%s of an undocumented shape', async (field, ...values) => {
  for (const value of values) await expectBadResponse({ ...documentedAnswer.data, [field]: value });
});
