/** Validation of the input: an invalid reply is not sent, and all issues are reported together. */

import { expect, test } from 'vitest';
import { reply } from '../../support/gateway/reply.ts';
import { startStage } from '../../support/gateway/start-stage.ts';

const idMessage = 'An id must be an integer between 1 and 18446744073709551615, in plain digits.';
const surrogateMessage = 'The text contains a lone surrogate.';

interface Judge {
  /** Returns the issues of an invalid input; expects that nothing is sent. */
  readonly issuesOf: (input: object | string) => Promise<{ path: string[]; message: string }[]>;
  readonly expectTaken: (input: object | string) => Promise<void>;
}

async function startJudge(): Promise<Judge> {
  const { gateway, upstream } = await startStage();
  return {
    async issuesOf(input) {
      const before = upstream.requests.length;
      const result = await reply(gateway, input);
      expect(result).toMatchObject({ __typename: 'InvalidReplyError', delivery: 'NOT_DELIVERED' });
      expect(result.message).toBe('Nothing was sent: the input is invalid.');
      expect(result.issues).not.toEqual([]);
      expect(upstream.requests.length).toBe(before);
      return result.issues;
    },
    async expectTaken(input) {
      const before = upstream.requests.length;
      const result = await reply(gateway, input, '__typename');
      expect(result, JSON.stringify(input)).toEqual({ __typename: 'ReplyToConversationPayload' });
      expect(upstream.requests.length).toBe(before + 1);
    },
  };
}

const idPlaces: [path: string[], place: (id: unknown) => object][] = [
  [['conversationId'], (id) => ({ conversationId: id })],
  [['from', 'adminId'], (id) => ({ conversationId: '7', from: { adminId: id } })],
  [['from', 'userId'], (id) => ({ conversationId: '7', from: { userId: id } })],
  [['autoAssign', 'adminId'], (id) => ({ conversationId: '7', autoAssign: { adminId: id } })],
];

const noIds = [
  '0',
  '00',
  '01',
  '007',
  '-1',
  '+1',
  '1.0',
  '1e3',
  '0x10',
  '',
  ' ',
  ' 1',
  '1 ',
  '1\n',
  '\t1',
  '1\u0000',
  '1_000',
  '1,000',
  '١',
  '１',
  '1٢',
  '18446744073709551616',
  '18446744073709551620',
  '28446744073709551615',
  '100000000000000000000',
  '9'.repeat(10_000),
  '1/../2',
  '..',
  '.',
  '1%2f',
  '1%2F..%2F2',
  '1/reply',
  '1?x=1',
  '1#',
  '1;2',
  '1\r\nX: y',
  'default_admin',
  'default_user',
  'abc',
  'null',
  'undefined',
  'NaN',
  '\ud800',
  0,
  -1,
  1e21,
];
const ids = [
  '1',
  '9',
  '10',
  '9007199254740993',
  '9999999999999999999',
  '10000000000000000000',
  '18446744073709551615',
  1,
  2 ** 31,
  Number.MAX_SAFE_INTEGER,
];

test.each(idPlaces)('%j accepts only ids', async (path, place) => {
  const { issuesOf, expectTaken } = await startJudge();
  for (const id of noIds) {
    expect(await issuesOf(place(id)), JSON.stringify(id)).toEqual([{ path, message: idMessage }]);
  }
  for (const id of ids) await expectTaken(place(id));
});

const textPlaces: [path: string[], max: number, place: (text: string) => object][] = [
  [['externalId'], 2048, (externalId) => ({ conversationId: '7', externalId })],
  [['referrer'], 2048, (referrer) => ({ conversationId: '7', referrer })],
  [
    ['actions', '0', 'quickReply', 'body'],
    300,
    (body) => ({ conversationId: '7', actions: [{ quickReply: { body } }] }),
  ],
  [
    ['actions', '2', 'quickReply', 'body'],
    300,
    (body) => ({
      conversationId: '7',
      actions: ['a', 'b', body].map((text) => ({ quickReply: { body: text } })),
    }),
  ],
];

test.each(textPlaces)('%j accepts at most %d characters', async (path, max, place) => {
  const { issuesOf, expectTaken } = await startJudge();
  const message = expect.stringMatching(`^The text has ${max + 1} characters; .*${max} are allowed\\.$`);
  for (const character of ['a', 'ё', '€', '🎉', '\n', ' ']) {
    await expectTaken(place(character.repeat(max)));
    expect(await issuesOf(place(character.repeat(max + 1)))).toEqual([{ path, message }]);
  }
  await expectTaken(place(`${'🎉'.repeat(max - 1)}a`));
  expect(await issuesOf(place(`${'🎉'.repeat(max - 1)}ab`))).toEqual([{ path, message }]);
});

test('the text of a button must not be empty', async () => {
  const { issuesOf, expectTaken } = await startJudge();
  expect(await issuesOf({ conversationId: '7', actions: [{ quickReply: { body: '' } }] })).toEqual([
    {
      path: ['actions', '0', 'quickReply', 'body'],
      message: 'The text has 0 characters; 1 to 300 are allowed.',
    },
  ]);
  await expectTaken({ conversationId: '7', actions: [{ quickReply: { body: ' ' } }] });
});

test.each<[path: string[], input: string]>([
  [['body'], '"body": "§"'],
  [['externalId'], '"externalId": "§"'],
  [['referrer'], '"referrer": "§"'],
  [['actions', '0', 'quickReply', 'body'], '"actions": [{"quickReply": {"body": "§"}}]'],
])('rejects a lone surrogate in %j', async (path, input) => {
  const { issuesOf, expectTaken } = await startJudge();
  for (const text of ['\\ud800', '\\udc00', 'a\\ud83cb', '\\udf89\\ud83c', '🎉\\ud83c']) {
    const issues = await issuesOf(`{"conversationId": "7", ${input.replace('§', text)}}`);
    expect(issues).toEqual([{ path, message: surrogateMessage }]);
  }
  await expectTaken(`{"conversationId": "7", ${input.replace('§', '\\ud83c\\udf89')}}`);
});

test.each<[path: string[], input: string]>([
  [['bodyJson'], '"bodyJson": {"a": "§"}'],
  [['bodyJson'], '"bodyJson": {"§": 1}'],
  [['bodyJson'], '"bodyJson": {"a": [1, {"b": [null, 12345678901234567890, "§"]}]}'],
  [['bodyJson'], '"bodyJson": {"a": {"b": {"§": {}}}}'],
  [
    ['actions', '0', 'quickReply', 'metaData'],
    '"actions": [{"quickReply": {"body": "A", "metaData": {"a": "§"}}}]',
  ],
  [
    ['actions', '1', 'quickReply', 'metaData'],
    '"actions": [{"quickReply": {"body": "A"}}, {"quickReply": {"body": "B", "metaData": {"a": {"§": "b"}}}}]',
  ],
])('rejects a lone surrogate in the JSON of %j: %s', async (path, input) => {
  const { issuesOf, expectTaken } = await startJudge();
  for (const text of ['\\ud800', '\\udc00', 'a\\ud83cb', '\\udf89\\ud83c', '🎉\\ud83c']) {
    const issues = await issuesOf(`{"conversationId": "7", ${input.replace('§', text)}}`);
    expect(issues).toEqual([{ path, message: 'A string or a key in the JSON contains a lone surrogate.' }]);
  }
  await expectTaken(`{"conversationId": "7", ${input.replace('§', '\\ud83c\\udf89')}}`);
});

test('reports all issues together, each with its path', async () => {
  const { issuesOf } = await startJudge();
  const half = '\\ud800';
  const issues = await issuesOf(`{
    "conversationId": "0", "from": {"userId": "-1"}, "body": "${half}", "autoAssign": {"adminId": "x"},
    "externalId": "${'e'.repeat(2049)}", "referrer": "${half}${'r'.repeat(2048)}",
    "actions": [{"quickReply": {"body": ""}}, {"quickReply": {"body": "fine"}}, {"quickReply": {"body": "${half}${'b'.repeat(300)}"}}]
  }`);
  expect(issues.map(({ path }) => path.join('.')).sort()).toEqual([
    'actions.0.quickReply.body',
    'actions.2.quickReply.body',
    'actions.2.quickReply.body',
    'autoAssign.adminId',
    'body',
    'conversationId',
    'externalId',
    'from.userId',
    'referrer',
    'referrer',
  ]);
});

test('accepts a body of any length', async () => {
  const { expectTaken } = await startJudge();
  await expectTaken({ conversationId: '7', body: '🎉'.repeat(200_000) });
});

test('reports issues to a caller without credentials too', async () => {
  const { gateway, upstream } = await startStage();
  const result = await reply(gateway, { conversationId: '0' }, '__typename', { authorization: '' });
  expect(result).toEqual({ __typename: 'InvalidReplyError' });
  expect(upstream.requests).toEqual([]);
});
