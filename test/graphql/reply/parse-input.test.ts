/** Validation of the input: all issues are reported together. */

import { expect, test } from 'vitest';
import type { ReplyIssue } from '../../../src/conversation/reply-outcome.ts';
import { parseReplyInput } from '../../../src/graphql/reply/parse-input.ts';
import { coerceInput } from './coerce-input.ts';

const idMessage =
  'An id must be an integer between 1 and 18446744073709551615, in plain digits without leading zeros.';
const surrogateMessage = 'The text contains a lone surrogate.';

/** The issues of an invalid input. */
function issuesOf(input: object | string): readonly ReplyIssue[] {
  const { issues } = parseReplyInput(coerceInput(input));
  expect(issues).not.toEqual([]);
  return issues;
}

function expectTaken(input: object | string): void {
  expect(parseReplyInput(coerceInput(input)).issues, JSON.stringify(input)).toEqual([]);
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

test.each(idPlaces)('%j accepts only ids', (path, place) => {
  for (const id of noIds) {
    expect(issuesOf(place(id)), JSON.stringify(id)).toEqual([{ path, message: idMessage }]);
  }
  for (const id of ids) expectTaken(place(id));
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

test.each(textPlaces)('%j accepts at most %d characters', (path, max, place) => {
  const message = expect.stringMatching(`^The text has ${max + 1} characters; .*${max} are allowed\\.$`);
  for (const character of ['a', 'ё', '€', '🎉', '\n', ' ']) {
    expectTaken(place(character.repeat(max)));
    expect(issuesOf(place(character.repeat(max + 1)))).toEqual([{ path, message }]);
  }
  expectTaken(place(`${'🎉'.repeat(max - 1)}a`));
  expect(issuesOf(place(`${'🎉'.repeat(max - 1)}ab`))).toEqual([{ path, message }]);
});

test('the text of a button must not be empty', () => {
  expect(issuesOf({ conversationId: '7', actions: [{ quickReply: { body: '' } }] })).toEqual([
    {
      path: ['actions', '0', 'quickReply', 'body'],
      message: 'The text has 0 characters; 1 to 300 are allowed.',
    },
  ]);
  expectTaken({ conversationId: '7', actions: [{ quickReply: { body: ' ' } }] });
});

test.each<[path: string[], input: string]>([
  [['body'], '"body": "§"'],
  [['externalId'], '"externalId": "§"'],
  [['referrer'], '"referrer": "§"'],
  [['actions', '0', 'quickReply', 'body'], '"actions": [{"quickReply": {"body": "§"}}]'],
])('rejects a lone surrogate in %j', (path, input) => {
  for (const text of ['\\ud800', '\\udc00', 'a\\ud83cb', '\\udf89\\ud83c', '🎉\\ud83c']) {
    const issues = issuesOf(`{"conversationId": "7", ${input.replace('§', text)}}`);
    expect(issues).toEqual([{ path, message: surrogateMessage }]);
  }
  expectTaken(`{"conversationId": "7", ${input.replace('§', '\\ud83c\\udf89')}}`);
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
])('rejects a lone surrogate in the JSON of %j: %s', (path, input) => {
  for (const text of ['\\ud800', '\\udc00', 'a\\ud83cb', '\\udf89\\ud83c', '🎉\\ud83c']) {
    const issues = issuesOf(`{"conversationId": "7", ${input.replace('§', text)}}`);
    expect(issues).toEqual([{ path, message: 'A string or a key in the JSON contains a lone surrogate.' }]);
  }
  expectTaken(`{"conversationId": "7", ${input.replace('§', '\\ud83c\\udf89')}}`);
});

test('reports all issues together, each with its path', () => {
  const half = '\\ud800';
  const issues = issuesOf(`{
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

test('accepts a body of any length', () => {
  expectTaken({ conversationId: '7', body: '🎉'.repeat(200_000) });
});
