/** The form fields that Dashly receives for every part of the input. */

import { expect, test } from 'vitest';
import { chooseRandomIds } from '../../src/conversation/sending/random-ids.ts';
import { encodeReply } from '../../src/dashly/encode-reply.ts';
import { encodeUrlencoded } from '../../src/dashly/encode-urlencoded.ts';
import { parseReplyInput } from '../../src/graphql/reply/parse-input.ts';
import { coerceInput } from '../graphql/reply/coerce-input.ts';

const always = [
  ['id_as_string', 'true'],
  ['include_random_id', 'true'],
];

/** Stands for a random id of the gateway. */
const drawn = '2147483646';

/** The fields as a server reads them, sorted by name, since their order does not matter. */
function fieldsOf(input: object): string[][] {
  const { draft, issues } = parseReplyInput(coerceInput(input));
  expect(issues).toEqual([]);
  const form = encodeReply(
    draft,
    chooseRandomIds(draft, () => Number(drawn)),
    new Set(),
  );
  return [...new URLSearchParams(encodeUrlencoded(form))].sort(([a], [b]) => (a < b ? -1 : 1));
}

function sorted(...fields: string[][]): string[][] {
  const names = new Set(fields.map(([name]) => name));
  const ids = ['random_id', ...(names.has('auto_assign') ? ['auto_assign_random_id'] : [])];
  const missing = ids.filter((name) => !names.has(name)).map((name) => [name, drawn]);
  return [...fields, ...always, ...missing].sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
}

const everyParameter = {
  conversationId: '18446744073709551615',
  from: { adminId: '8164' },
  type: 'NOTE',
  body: 'Hello',
  bodyJson: { a: [1, { b: null }] },
  actions: [
    { quickReply: { body: 'Accept', metaData: { external_id: 1 } } },
    { quickReply: { body: 'Decline' } },
  ],
  autoAssign: { adminId: '30542', randomId: -7 },
  externalId: 'ext-1',
  randomId: 2147483647,
  referrer: 'https://example.com/?a=b&c=d#e',
};

test('every parameter arrives under its name, and nothing else', () => {
  expect(fieldsOf(everyParameter)).toEqual([
    [
      'actions',
      '[{"type":"quick_reply","body":"Accept","meta_data":{"external_id":1}},{"type":"quick_reply","body":"Decline"}]',
    ],
    ['auto_assign', '30542'],
    ['auto_assign_random_id', '-7'],
    ['body', 'Hello'],
    ['body_json', '{"a":[1,{"b":null}]}'],
    ['external_id', 'ext-1'],
    ['from_admin', '8164'],
    ...always,
    ['random_id', '2147483647'],
    ['referrer', 'https://example.com/?a=b&c=d#e'],
    ['type', 'note'],
  ]);
});

test.each<[title: string, input: object, ...fields: string[][]]>([
  ['only the conversation', {}],
  ['an empty body', { body: '' }, ['body', '']],
  ['empty strings', { externalId: '', referrer: '' }, ['external_id', ''], ['referrer', '']],
  ['an empty object', { bodyJson: {} }, ['body_json', '{}']],
  ['no actions', { actions: [] }, ['actions', '[]']],
  [
    'one action without a list',
    { actions: { quickReply: { body: 'A' } } },
    ['actions', '[{"type":"quick_reply","body":"A"}]'],
  ],
  [
    'empty meta data',
    { actions: [{ quickReply: { body: 'A', metaData: {} } }] },
    ['actions', '[{"type":"quick_reply","body":"A","meta_data":{}}]'],
  ],
  [
    'meta data that is null',
    { actions: [{ quickReply: { body: 'A', metaData: null } }] },
    ['actions', '[{"type":"quick_reply","body":"A"}]'],
  ],
  ['a random id of zero', { randomId: 0 }, ['random_id', '0']],
  ['the smallest random id', { randomId: -2147483648 }, ['random_id', '-2147483648']],
  ['a user', { from: { userId: '5' } }, ['from_user', '5']],
  ['an admin', { from: { adminId: '5' } }, ['from_admin', '5']],
  ['an admin as a number', { from: { adminId: 5 } }, ['from_admin', '5']],
  ['the default user', { from: { default: 'USER' } }, ['from_user', 'default_user']],
  ['the default admin', { from: { default: 'ADMIN' } }, ['from_admin', 'default_admin']],
  ['a regular reply', { type: 'REPLY_ADMIN' }, ['type', 'reply_admin']],
  ['an article', { type: 'ARTICLE' }, ['type', 'article']],
  ['an assignment', { autoAssign: { adminId: '8' } }, ['auto_assign', '8']],
  [
    'an assignment with a random id of zero',
    { autoAssign: { adminId: '8', randomId: 0 } },
    ['auto_assign', '8'],
    ['auto_assign_random_id', '0'],
  ],
  [
    'an assignment with a random id of null',
    { autoAssign: { adminId: '8', randomId: null } },
    ['auto_assign', '8'],
  ],
  [
    'null for every nullable field',
    {
      from: null,
      type: null,
      body: null,
      bodyJson: null,
      attachment: null,
      actions: null,
      autoAssign: null,
      externalId: null,
      randomId: null,
      referrer: null,
    },
  ],
])('%s', (_title, input, ...fields) => {
  expect(fieldsOf({ conversationId: '7', ...input })).toEqual(sorted(...fields));
});

test.each([
  ['letters', 'Привет, 世界! ñ'],
  ['astral characters', '🎉👩‍👩‍👧‍👦𝒳'],
  ['characters with a meaning in forms', 'a=1&b=2+3 4%20%zz?#;,/\\"\'<>'],
  ['line ends', 'one\ntwo\r\nthree\rfour\u2028five\u2029'],
  ['control characters', '\u0000\u0001\t\u001f\u007f\u0085'],
  ['characters that URLs do not escape', "!'()*~-_."],
  ['characters at the limits of UTF-8 and UTF-16', '\uffff\ufeff\ufffd\u{10ffff}\ud7ff\ue000'],
  ['white space', '  leading and trailing  '],
  ['64 kB', 'ё€🎉& \n'.repeat(4_000)],
])('a text of %s arrives unchanged in every text field', (_title, text) => {
  const quickReplyBody = [...text].slice(0, 300).join('');
  const short = [...text].slice(0, 2048).join('');
  const fields = Object.fromEntries(
    fieldsOf({
      conversationId: '7',
      body: text,
      externalId: short,
      referrer: short,
      bodyJson: { [text]: text },
      actions: [{ quickReply: { body: quickReplyBody, metaData: { text } } }],
    }),
  );
  expect(fields).toMatchObject({ body: text, external_id: short, referrer: short });
  expect(JSON.parse(fields.body_json)).toEqual({ [text]: text });
  expect(JSON.parse(fields.actions)).toEqual([
    { type: 'quick_reply', body: quickReplyBody, meta_data: { text } },
  ]);
});

test('an independent parser reads random texts unchanged', () => {
  const random = createRandom(20261122);
  const texts = Array.from({ length: 150 }, () => randomText(random));
  for (const text of texts) {
    const body = encodeUrlencoded([
      ['body', text],
      ['external_id', text],
    ]);
    expect([...new URLSearchParams(body).values()]).toEqual([text, text]);
    // Only characters without a meaning in a form: a plus sign would be read as a space.
    expect(body).toMatch(/^[A-Za-z0-9\-_.!~*'()%&=]*$/);
  }
});

/** Pseudorandom numbers that are the same in every run (mulberry32). */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Up to 40 characters of all Unicode, with many that are special in a form. */
function randomText(random: (below: number) => number): string {
  const special = '&=+% \n\r\t\0"\'\\;/?#<>[]{}';
  const character = (): string => {
    if (random(3) === 0) return special.charAt(random(special.length));
    const codePoint = [0x80, 0x800, 0x10000, 0x110000].map((below) => random(below))[random(4)] ?? 0;
    return codePoint >= 0xd800 && codePoint <= 0xdfff ? '·' : String.fromCodePoint(codePoint);
  };
  return Array.from({ length: random(40) }, character).join('');
}
