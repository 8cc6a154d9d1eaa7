/** Coercion of variables: 64-bit ids are not rounded, and invalid values are rejected before anything is sent. */

import { describe, expect, test } from 'vitest';
import { post } from '../../support/gateway/reply.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { startStage } from '../../support/gateway/start-stage.ts';

const asInput =
  'mutation ($input: ReplyToConversationInput!) { replyToConversation(input: $input) { __typename } }';

describe.each(['1', '9007199254740993', '12345678901234567890', '18446744073709551615'])(
  'accepts the number %s as an id',
  (id) => {
    test.each<[title: string, query: string, variables: string]>([
      [
        'in the input',
        asInput,
        `{"input": {"conversationId": ${id}, "from": {"adminId": ${id}}, "autoAssign": {"adminId": ${id}}}}`,
      ],
      [
        'in a variable',
        `mutation ($id: ID!) { replyToConversation(input: { conversationId: $id, from: { adminId: $id }, autoAssign: { adminId: $id } }) { __typename } }`,
        `{"id": ${id}}`,
      ],
      [
        'in variables for fields',
        `mutation ($id: ID!, $from: ReplySenderInput!, $assign: AutoAssignInput) {
        replyToConversation(input: { conversationId: $id, from: $from, autoAssign: $assign }) { __typename } }`,
        `{"id": ${id}, "from": {"adminId": ${id}}, "assign": {"adminId": ${id}}}`,
      ],
      [
        'in a literal',
        `mutation { replyToConversation(input: { conversationId: ${id}, from: { adminId: ${id} }, autoAssign: { adminId: ${id} } }) { __typename } }`,
        '{}',
      ],
      [
        'in a default value',
        `mutation ($id: ID = ${id}, $from: ReplySenderInput = { adminId: ${id} }) {
        replyToConversation(input: { conversationId: $id, from: $from, autoAssign: { adminId: "${id}" } }) { __typename } }`,
        '{}',
      ],
    ])('%s', async (_title, query, variables) => {
      const { gateway, upstream } = await startStage();
      const { body } = await post(gateway, query.replace('$id: ID =', '$id: ID! ='), variables);
      expect(body).toEqual({ data: { replyToConversation: { __typename: 'ReplyToConversationPayload' } } });
      for (const { path, fields } of upstream.requests) {
        expect(path).toBe(`/conversations/${id}/reply`);
        expect(fields).toContainEqual(['from_admin', id]);
        expect(fields).toContainEqual(['auto_assign', id]);
      }
      expect(upstream.requests).toHaveLength(1);
    });
  },
);

test('distinguishes long ids from exact numbers in JSON whose keys look like ids', async () => {
  const { gateway, upstream } = await startStage();
  const json = '{"conversationId":12345678901234567890,"__proto__":{"adminId":98765432109876543210}}';
  await post(gateway, asInput, `{"input": {"conversationId": 12345678901234567890, "bodyJson": ${json}}}`);
  for (const { path, fields } of upstream.requests) {
    expect(path).toBe('/conversations/12345678901234567890/reply');
    expect(fields).toContainEqual(['body_json', json]);
  }
  expect(upstream.requests).toHaveLength(1);
});

const oneOf: [title: string, from: string, literal: string][] = [
  ['no sender', '{}', '{}'],
  ['two', '{"adminId": "1", "userId": "2"}', '{ adminId: 1, userId: 2 }'],
  ['three', '{"adminId": "1", "userId": "2", "default": "USER"}', '{ adminId: 1, userId: 2, default: USER }'],
  ['null', '{"adminId": null}', '{ adminId: null }'],
  ['one and null', '{"adminId": "1", "userId": null}', '{ adminId: 1, userId: null }'],
];

describe.each(oneOf)('requires exactly one sender, rejects %s', (_title, from, literal) => {
  test.each<[title: string, query: string, variables: string]>([
    ['in the input', asInput, `{"input": {"conversationId": 7, "from": ${from}}}`],
    [
      'in a variable',
      'mutation ($from: ReplySenderInput!) { replyToConversation(input: { conversationId: 7, from: $from }) { __typename } }',
      `{"from": ${from}}`,
    ],
    [
      'in a literal',
      `mutation { replyToConversation(input: { conversationId: 7, from: ${literal} }) { __typename } }`,
      '{}',
    ],
    [
      'in a default value',
      `mutation ($from: ReplySenderInput = ${literal}) { replyToConversation(input: { conversationId: 7, from: $from }) { __typename } }`,
      '{}',
    ],
  ])('%s', (_where, query, variables) => expectRefused(query, variables));
});

test.each<[title: string, query: string, variables: string]>([
  ['an action without a kind', asInput, '{"input": {"conversationId": 7, "actions": [{}]}}'],
  [
    'an action of kind null',
    asInput,
    '{"input": {"conversationId": 7, "actions": [{"quickReply": {"body": "a"}}, {"quickReply": null}]}}',
  ],
  [
    'an action without a kind in a literal',
    'mutation { replyToConversation(input: { conversationId: 7, actions: [{}] }) { __typename } }',
    '{}',
  ],
  ['an action that is null', asInput, '{"input": {"conversationId": 7, "actions": [null]}}'],
  [
    'a nullable variable for the sender',
    'mutation ($a: ID) { replyToConversation(input: { conversationId: 7, from: { adminId: $a } }) { __typename } }',
    '{"a": "1"}',
  ],
  [
    'two variables for the sender',
    'mutation ($a: ID!, $b: ID!) { replyToConversation(input: { conversationId: 7, from: { adminId: $a, userId: $b } }) { __typename } }',
    '{"a": "1", "b": "2"}',
  ],
  ['no conversation', asInput, '{"input": {}}'],
  ['a conversation that is null', asInput, '{"input": {"conversationId": null}}'],
  ['no input', asInput, '{}'],
  ['an unknown field', asInput, '{"input": {"conversationId": 7, "bodyy": "x"}}'],
  ['a field called __proto__', asInput, '{"input": {"conversationId": 7, "__proto__": {"body": "x"}}}'],
  ['a field called constructor', asInput, '{"input": {"conversationId": 7, "constructor": 1}}'],
  ['a fraction as an id', asInput, '{"input": {"conversationId": 1.5}}'],
  ['a long fraction as an id', asInput, '{"input": {"conversationId": 9007199254740993.5}}'],
  ['a boolean as an id', asInput, '{"input": {"conversationId": true}}'],
  ['a list as an id', asInput, '{"input": {"conversationId": ["7"]}}'],
  ['an object that looks like an exact number', asInput, '{"input": {"conversationId": {"rawJSON": "7"}}}'],
  ['a number as a string', asInput, '{"input": {"conversationId": 7, "body": 5}}'],
  ['a long number as a string', asInput, '{"input": {"conversationId": 7, "body": 12345678901234567890}}'],
  ['a random id above 32 bits', asInput, '{"input": {"conversationId": 7, "randomId": 2147483648}}'],
  ['a random id below 32 bits', asInput, '{"input": {"conversationId": 7, "randomId": -2147483649}}'],
  ['a random id of 64 bits', asInput, '{"input": {"conversationId": 7, "randomId": 12345678901234567890}}'],
  ['an unknown type', asInput, '{"input": {"conversationId": 7, "type": "REPLY_USER"}}'],
  ['a type in lower case', asInput, '{"input": {"conversationId": 7, "type": "note"}}'],
  ['a type called constructor', asInput, '{"input": {"conversationId": 7, "type": "constructor"}}'],
  ['a JSON object as a string', asInput, '{"input": {"conversationId": 7, "bodyJson": "{}"}}'],
  ['a button without a text', asInput, '{"input": {"conversationId": 7, "actions": [{"quickReply": {}}]}}'],
  [
    'an attachment that is a string',
    asInput,
    '{"input": {"conversationId": 7, "attachment": {"file": "x"}}}',
  ],
  [
    'an attachment that is an object',
    asInput,
    '{"input": {"conversationId": 7, "attachment": {"file": {}}}}',
  ],
  [
    'an attachment in a literal',
    'mutation { replyToConversation(input: { conversationId: 7, attachment: { file: "x" } }) { __typename } }',
    '{}',
  ],
])('rejects %s', (_title, query, variables) => expectRefused(query, variables));

/** Expects status 400 and readable errors, and that nothing is sent. */
async function expectRefused(query: string, variables: string): Promise<void> {
  const { gateway, upstream } = await startStage();
  const { status, body } = await post(gateway, query, variables, {
    accept: 'application/graphql-response+json',
  });
  expect(status).toBe(400);
  expect(body.data).toBeUndefined();
  expect(body.errors.length).toBeGreaterThan(0);
  for (const { message } of body.errors) expect(message).not.toMatch(/Unexpected error|\[object/);
  expect(upstream.requests).toEqual([]);
  expect(gateway.errors).toEqual([]);
}

test('reports only the first of thousands of errors', async () => {
  const gateway = await startGateway();
  const query = `${'\n'.repeat(50_000)} mutation ($input: ReplyToConversationInput!) {
    replyToConversation(input: $input) { __typename } }`;
  const { body } = await post(gateway, query, {
    input: { conversationId: '7', actions: Array(2_000).fill(1) },
  });
  // Three errors, and a note that there are more.
  expect(body.errors).toHaveLength(4);
});
