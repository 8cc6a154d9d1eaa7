/** An optional field is requested from Dashly only if the operation selects it. */

import { expect, test } from 'vitest';
import { post } from '../../support/gateway/reply.ts';
import { startStage } from '../../support/gateway/start-stage.ts';
import { answerJson, answerReply } from '../../support/upstream/start-upstream.ts';

type Case = [variables: object, asked: string[]];

/** Returns a document with `selection` in the payload. */
function payload(selection: string, { declaration = '', fragments = '' } = {}): string {
  return `mutation ${declaration} { replyToConversation(input: { conversationId: 7 }) {
    ... on ReplyToConversationPayload { ${selection} }
  } } ${fragments}`;
}

/** `random_id` is always requested. */
const all = ['first', 'inbound_email', 'read'];
const flag = '($a: Boolean!)';
const onOff: [on: object, off: object] = [{ a: true }, { a: false }];

test.each<[title: string, query: string, ...cases: Case[]]>([
  ['nothing', payload('part { id body } assignPart { id }'), [{}, []]],
  [
    'no member of the union',
    'mutation { replyToConversation(input: { conversationId: 7 }) { __typename } }',
    [{}, []],
  ],
  ['randomId of the part', payload('part { randomId }'), [{}, []]],
  ['randomId of the assignment', payload('assignPart { randomId }'), [{}, []]],
  ['randomId of both', payload('part { randomId } assignPart { randomId }'), [{}, []]],
  ['read', payload('part { read }'), [{}, ['read']]],
  ['first', payload('part { first }'), [{}, ['first']]],
  ['inboundEmail', payload('part { inboundEmail }'), [{}, ['inbound_email']]],
  ['all, on both parts', payload('part { read first inboundEmail } assignPart { randomId }'), [{}, all]],
  [
    'aliases',
    payload('p: part { randomId: read x: first } part: assignPart { first: randomId }'),
    [{}, ['first', 'read']],
  ],
  [
    'aliases that are named like optional fields',
    payload('part { randomId: id read: body first: type inboundEmail: id }'),
    [{}, []],
  ],
  [
    'merged fields',
    payload('part { id } part { read } part { first } assignPart { randomId }'),
    [{}, ['first', 'read']],
  ],
  [
    'a named fragment',
    payload('part { ...F }', { fragments: 'fragment F on ConversationPart { read }' }),
    [{}, ['read']],
  ],
  [
    'fragments in fragments',
    payload('...G', {
      fragments:
        'fragment G on ReplyToConversationPayload { part { ...H } } fragment H on ConversationPart { first ...I } fragment I on Part { randomId }',
    }),
    [{}, ['first']],
  ],
  [
    'an inline fragment',
    payload('part { ... on ConversationPart { read } ... { first } }'),
    [{}, ['first', 'read']],
  ],
  [
    'a fragment on the interface',
    payload('part { ... on Part { randomId } } assignPart { ... on Part { id } }'),
    [{}, []],
  ],
  [
    'a fragment on the interface for the assignment',
    payload('assignPart { ...F }', { fragments: 'fragment F on Part { ... on AssignPart { randomId } }' }),
    [{}, []],
  ],
  [
    'two replies with different selections',
    `mutation {
      a: replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload { part { read } } }
      b: replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload { part { first } } }
    }`,
    [{}, ['first', 'read']],
  ],
  [
    'a reply that is selected twice',
    `mutation {
      replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload { part { read } } }
      replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload { part { first } } }
    }`,
    [{}, ['first', 'read']],
  ],
  ['literal @skip', payload('part { id read @skip(if: true) first @skip(if: false) }'), [{}, ['first']]],
  [
    'literal @include',
    payload('part { id read @include(if: true) first @include(if: false) }'),
    [{}, ['read']],
  ],
  [
    'both directives',
    payload('part { id read @include(if: true) @skip(if: true) first @include(if: true) @skip(if: false) }'),
    [{}, ['first']],
  ],
  [
    '@include with a variable',
    payload('part { id read @include(if: $a) }', { declaration: flag }),
    [onOff[0], ['read']],
    [onOff[1], []],
  ],
  [
    '@skip with a variable',
    payload('part { id read @skip(if: $a) }', { declaration: flag }),
    [onOff[0], []],
    [onOff[1], ['read']],
  ],
  [
    'a variable with a default',
    payload('part { id read @include(if: $a) first @skip(if: $a) }', { declaration: '($a: Boolean = true)' }),
    [{}, ['read']],
    [{ a: false }, ['first']],
    [{ a: true }, ['read']],
  ],
  [
    'a directive on the part',
    payload('part @include(if: $a) { read } assignPart @skip(if: $a) { randomId }', { declaration: flag }),
    [onOff[0], ['read']],
    [onOff[1], []],
  ],
  [
    'a directive on an inline fragment',
    payload('part { id ... @include(if: $a) { read } }', { declaration: flag }),
    [onOff[0], ['read']],
    [onOff[1], []],
  ],
  [
    'a directive on a spread',
    payload('part { id ...F @include(if: $a) }', {
      declaration: flag,
      fragments: 'fragment F on Part { randomId }',
    }),
    [onOff[0], []],
    [onOff[1], []],
  ],
  [
    'a directive on the member',
    `mutation ($a: Boolean!) { replyToConversation(input: { conversationId: 7 }) { __typename
      ... on ReplyToConversationPayload @include(if: $a) { part { inboundEmail } } } }`,
    [onOff[0], ['inbound_email']],
    [onOff[1], []],
  ],
  [
    'directives inside a fragment that is spread without one',
    payload('part { ...F }', {
      declaration: flag,
      fragments: 'fragment F on ConversationPart { id read @include(if: $a) ... @skip(if: $a) { first } }',
    }),
    [onOff[0], ['read']],
    [onOff[1], ['first']],
  ],
  [
    'a merged field with a condition',
    payload('part { id } part @include(if: $a) { read }', { declaration: flag }),
    [onOff[0], ['read']],
    [onOff[1], []],
  ],
  [
    'a reply that is selected again with a condition',
    `mutation ($a: Boolean!) {
      replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload { part { first } } }
      replyToConversation(input: { conversationId: 7 }) @include(if: $a) { ... on ReplyToConversationPayload { part { read } } }
    }`,
    [onOff[0], ['first', 'read']],
    [onOff[1], ['first']],
  ],
])('requests what is selected: %s', (_title, query, ...cases) => expectAsked(query, ...cases));

const connection = (selection: string, { declaration = '', fragments = '' } = {}) =>
  `query ${declaration} { conversation(id: 7) { parts { ${selection} } } } ${fragments}`;
const readAndFirst =
  'fragment F on ConversationPart { read ...G } fragment G on Part { ... on ConversationPart { first } }';

test.each<[title: string, query: string, ...cases: Case[]]>([
  ['nothing', connection('nodes { id randomId }'), [{}, []]],
  [
    'fields of nodes',
    connection('nodes { ... on ConversationPart { read inboundEmail } }'),
    [{}, ['inbound_email', 'read']],
  ],
  ['fields of edges', connection('edges { node { ... on ConversationPart { first } } }'), [{}, ['first']]],
  [
    'both, in fragments',
    connection('edges { ...E } x: nodes { ... on ConversationPart { inboundEmail } }', {
      fragments: `fragment E on PartEdge { node { ...F } } ${readAndFirst}`,
    }),
    [{}, all],
  ],
  [
    'other fields under these names',
    connection('pageInfo { read: hasNextPage } edges { first: cursor }'),
    [{}, []],
  ],
  [
    'directives',
    connection('nodes { id ...F @include(if: $a) } edges @skip(if: $a) { node { ...G } }', {
      declaration: flag,
      fragments: readAndFirst,
    }),
    [onOff[0], ['first', 'read']],
    [onOff[1], ['first']],
  ],
])('requests what is selected of a conversation: %s', (_title, query, ...cases) =>
  expectAsked(query, ...cases),
);

test('returns the requested fields', async () => {
  const { gateway } = await startStage((response, { fields }) => {
    const asked = (name: string, value: unknown) =>
      fields.some(([field]) => field === `include_${name}`) ? { [name]: value } : {};
    const part = {
      id: '1',
      conversation: '7',
      created: 1,
      type: 'note',
      random_id: Number(new Map(fields).get('random_id')),
    };
    const data = {
      ...part,
      ...asked('read', true),
      ...asked('first', false),
      ...asked('inbound_email', 3),
      assign_part: { ...part, id: '2', assignee: null },
    };
    response.end(JSON.stringify({ data, meta: { status: 200 } }));
  });
  const query = payload('part { randomId read first inboundEmail } assignPart { randomId assignee { id } }');
  for (const _ of [1, 2]) {
    expect((await post(gateway, query)).body.data.replyToConversation).toEqual({
      part: { randomId: expect.any(Number), read: true, first: false, inboundEmail: '3' },
      assignPart: { randomId: expect.any(Number), assignee: null },
    });
  }
});

/** Repeats the cases in the other order, since the result is remembered for selections without conditions. */
async function expectAsked(query: string, ...cases: Case[]): Promise<void> {
  const { gateway, upstream } = await startStage((response, request) => {
    const answer = request.method === 'GET' ? answerJson({ data: [], meta: { status: 200 } }) : answerReply();
    answer(response, request);
  });
  for (const [variables, asked] of [...cases, ...cases.toReversed()]) {
    const before = upstream.requests.length;
    const { body } = await post(gateway, query, variables);
    expect(body.errors).toBeUndefined();
    const included = upstream.requests
      .slice(before)
      .flatMap(({ path, fields }) => [...fields, ...new URLSearchParams(path.split('?')[1])])
      .filter(([name]) => /^include_(?!random_id)/.test(name));
    expect(included.map(([name, value]) => `${name}=${value}`).sort()).toEqual(
      asked.map((name) => `include_${name}=true`),
    );
  }
}

test('handles a chain of 60 fragments that spread the next one twice in linear time', async () => {
  const { gateway } = await startStage();
  const fragments = Array.from(
    { length: 60 },
    (_, level) => `fragment F${level} on ReplyToConversationPayload { ...F${level + 1} ...F${level + 1} }`,
  );
  const query = `mutation { replyToConversation(input: { conversationId: "7" }) { ...F0 } }
    ${fragments.join(' ')} fragment F60 on ReplyToConversationPayload { part { read } }`;
  const { text } = await post(gateway, query);
  expect(JSON.parse(text).data.replyToConversation.part).toEqual({ read: null });
});
