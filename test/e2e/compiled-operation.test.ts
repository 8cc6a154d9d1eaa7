/** A compiled operation does what graphql-js would: the same is sent, and the same is answered. */

import { expect, onTestFinished, test } from 'vitest';
import { postBothWays, startStage } from '../dashly/start-stage.ts';
import { post } from '../support/reply.ts';

const everyPart = 'id body from { ... on User { id } ... on Admin { name } } bodyJson';

test.each<[title: string, query: string, ...variables: object[]]>([
  [
    'literals only',
    'mutation { replyToConversation(input: { conversationId: 18446744073709551615, from: { default: ADMIN }, type: NOTE, body: "a\\"b\\\\c\\u2028</script>$`" }) { __typename } }',
    {},
  ],
  [
    'variables in a literal input',
    `mutation ($id: ID!, $admin: ID!, $type: ReplyType = ARTICLE, $body: String, $random: Int, $button: String!) {
      replyToConversation(input: {
        conversationId: $id, from: { adminId: $admin }, type: $type, body: $body, autoAssign: { adminId: $admin, randomId: $random },
        actions: [{ quickReply: { body: "first" } }, { quickReply: { body: $button } }]
      }) { __typename }
    }`,
    { id: 5, admin: '6', button: 'b' },
    { id: '5', admin: 6, type: null, body: null, random: null, button: 'b' },
    { id: '5', admin: 6, type: 'NOTE', body: '', random: 0, button: 'c' },
  ],
  [
    'a variable in a list that is not written as one',
    'mutation ($body: String!) { replyToConversation(input: { conversationId: 7, actions: { quickReply: { body: $body } } }) { __typename } }',
    { body: 'x' },
    { body: 'y' },
  ],
  [
    'variables for whole members of the input',
    `mutation ($action: ReplyActionInput!, $from: ReplySenderInput!, $assign: AutoAssignInput) {
      replyToConversation(input: { conversationId: 7, actions: [$action, $action], from: $from, autoAssign: $assign }) { __typename }
    }`,
    { action: { quickReply: { body: 'x' } }, from: { userId: 7 } },
    { action: { quickReply: { body: 'y' } }, from: { default: 'USER' }, assign: { adminId: 3 } },
  ],
  [
    'two replies in one document, one of them refused',
    `mutation ($id: ID!) {
      one: replyToConversation(input: { conversationId: 1, body: "one" }) { __typename }
      two: replyToConversation(input: { conversationId: $id }) { __typename ... on InvalidReplyError { issues { path } } }
      three: replyToConversation(input: { conversationId: 3, body: "three" }) { __typename ... on ReplyToConversationPayload { part { id } } }
    }`,
    { id: '0' },
    { id: '1' },
  ],
  [
    'a field that is selected twice',
    `mutation { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload { part { id } part { id body conversation { id } } } ... on ReplyToConversationPayload { part { type } } } }`,
    {},
  ],
  [
    'a field that is selected twice, once on a condition',
    `mutation ($a: Boolean!) { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload {
      part { id } part @include(if: $a) { id body } } } }`,
    { a: true },
    { a: false },
  ],
  [
    'a leaf that is selected twice, once on a condition',
    `mutation ($a: Boolean!) { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload {
      part { id id @include(if: $a) body @skip(if: $a) body } } } }`,
    { a: true },
    { a: false },
  ],
  [
    'one fragment on both parts, one of which is left out on a condition',
    `mutation ($a: Boolean!) { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload {
      part { ...F } assignPart @skip(if: $a) { ...F } } } }
    fragment F on Part { ${everyPart} }`,
    { a: true },
    { a: false },
  ],
  [
    'conditions inside conditions',
    `mutation ($a: Boolean!, $b: Boolean = true) { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload @include(if: $a) {
      part { ... @skip(if: $b) { id ... on Part @include(if: $a) { body } } createdAt @skip(if: $a) @include(if: $b) } } __typename } }`,
    { a: true },
    { a: false },
    { a: true, b: false },
    { a: false, b: false },
  ],
  [
    'the mutation itself on a condition',
    `mutation ($a: Boolean!) {
      __typename
      replyToConversation(input: { conversationId: 7 }) @include(if: $a) { __typename }
      again: replyToConversation(input: { conversationId: 8 }) @skip(if: $a) { __typename }
    }`,
    { a: true },
    { a: false },
  ],
  [
    'a condition that is written out',
    `mutation { replyToConversation(input: { conversationId: 7 }) {
      __typename @skip(if: true) ... on ReplyToConversationPayload @include(if: true) { part { id @include(if: false) type } } } }`,
    {},
  ],
  [
    'aliases that swap names',
    `mutation { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload {
      assignPart: part { body: id id: body } part: assignPart { body: id, __proto: __typename, constructor: type } } } }`,
    {},
  ],
  [
    'abstract types inside abstract types',
    `mutation { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload {
      part { ...P ... on ConversationPart { attachments { id } } } assignPart { ...P ... on Part { ... on AssignPart { assignee { id } } } }
    } ... on ReplyError { ... on InvalidReplyError { message } message } } }
    fragment P on Part { __typename ... on ConversationPart { replyType } ... on AssignPart { actions { __typename } } from { __typename } }`,
    {},
  ],
  [
    'a variable with a default for the whole input',
    'mutation ($input: ReplyToConversationInput = { conversationId: 7, body: "a" }) { replyToConversation(input: $input) { __typename } }',
    {},
    { input: { conversationId: 8, body: 'b' } },
    {},
  ],
])('%s', (_title, query, ...variables) => expectSame(query, ...variables));

test('null in place of the whole input is refused by a document that is known as by one that is new', async () => {
  const { gateway, upstream } = await startStage();
  const query =
    'mutation ($input: ReplyToConversationInput = { conversationId: 7 }) { replyToConversation(input: $input) { __typename } }';
  await post(gateway, query);
  const { body } = await postBothWays(gateway, query, { input: null });
  expect(body.errors[0].message).toContain('"input"');
  expect(upstream.requests).toHaveLength(1);
});

// graphql-jit ties conditions to the nodes of a fragment, wherever it is spread, and looks at the first spread only.
test.each<[title: string, query: string, ...variables: object[]]>([
  [
    'one fragment on both parts, on a condition at one of them',
    `mutation ($a: Boolean!) { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload {
      part { id ...F @include(if: $a) } assignPart { id ...F } } } }
    fragment F on Part { ${everyPart} }`,
    { a: true },
    { a: false },
  ],
  [
    'a fragment that is spread twice, the first time on a condition',
    `mutation ($a: Boolean!) { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload {
      part { ...F @include(if: $a) ...F } } } }
    fragment F on Part { ${everyPart} }`,
    { a: true },
    { a: false },
  ],
  [
    'an alias that objects have a meaning for',
    `mutation { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload { __proto__: part { id } part { __proto__: id } } } }`,
    {},
  ],
])('%s', (_title, query, ...variables) => expectSame(query, ...variables));

test('operations of one document that share a fragment do not disturb each other', async () => {
  const { gateway } = await startStage();
  const query = `
    mutation A($a: Boolean!) { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload { part { id ...F @include(if: $a) } } } }
    mutation B { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload { part { ...F } } } }
    fragment F on Part { body }`;
  const run = async (operationName: string, variables: object) => {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Token sandbox' },
      body: JSON.stringify({ query, operationName, variables }),
    });
    return JSON.parse(await response.text()).data?.replyToConversation.part;
  };
  const body = "What's your choice, Neo?";
  for (let round = 0; round < 3; round++) {
    expect(await run('A', { a: false })).toEqual({ id: '1453279698921457472' });
    expect(await run('B', {})).toEqual({ body });
    expect(await run('A', { a: true })).toEqual({ id: '1453279698921457472', body });
  }
});

// The markers with which graphql-jit writes dates and odd numbers into the source of its functions.
test('a text in a document is never run as code', async () => {
  const { gateway } = await startStage();
  const canary = 'canaryOfCompiledText';
  const text = `__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74dglobalThis.${canary}=1`;
  const query = `mutation { replyToConversation(input: { conversationId: 7, body: "${text}" }) { __typename } }`;
  onTestFinished(() => void Reflect.deleteProperty(globalThis, canary));
  await post(gateway, query);
  await post(gateway, query);
  expect(globalThis).not.toHaveProperty(canary);
});

test.each([
  '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d0',
  '__MAGIC_NAN__57f286b9_4c20_487f_b409_79804ddcb4f8',
  '__MAGIC_PLUS_INFINITY__bb201c39_3333_4695_b4ad_7f1722e7aa7a',
  '__MAGIC_MINUS_INFINITY__71d4310a_d4a3_4a05_b1fe_e60779d24998',
])('the text %s in a document arrives as it is', async (text) => {
  const { gateway, upstream } = await startStage();
  const query = `mutation { replyToConversation(input: { conversationId: 7, body: "${text}" }) { __typename } }`;
  await post(gateway, query);
  await post(gateway, query);
  const arrived = upstream.requests.map(({ fields }) => new Map(fields).get('body'));
  expect(arrived).toEqual([text, text]);
});

async function expectSame(query: string, ...variables: object[]): Promise<void> {
  const { gateway, upstream } = await startStage();
  for (const values of variables) {
    const before = upstream.requests.length;
    const { body } = await postBothWays(gateway, query, values);
    expect(body.errors).toBeUndefined();
    const sent = upstream.requests
      .slice(before)
      // Each call draws its own random ids.
      .map(({ path, body }) => `${path} ${body.replace(/(?<=random_id=)[1-9]\d*/g, '')}`);
    const half = sent.length / 2;
    expect(sent.slice(half)).toEqual(sent.slice(0, half));
  }

  // The same document over and over: what it was compiled for must not stick to it.
  const fresh = await startStage();
  const known: string[] = [];
  for (const values of [...variables, ...variables, ...variables]) {
    const expected = await post(gateway, `${query}\n# new ${known.length}`, values);
    known.push((await post(fresh.gateway, query, values)).text);
    expect(known.at(-1)).toBe(expected.text);
  }
}
