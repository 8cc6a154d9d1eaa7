/** A gateway with a type prefix: results, introspection, GraphiQL and the fast path have it. */

import { buildClientSchema, getIntrospectionQuery, parse, print, printSchema, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createSubgraph } from '../../src/graphql/federation.ts';
import { schema } from '../../src/graphql/schema.ts';
import { prefixTypesInDocument } from '../../src/graphql/type-prefix.ts';
import { ask, askJson } from '../support/gateway/ask.ts';
import { post } from '../support/gateway/reply.ts';
import { startEndpoint } from '../support/gateway/start-endpoint.ts';
import { startGateway, type TestGateway } from '../support/gateway/start-gateway.ts';
import { boundary, file, form, map, operations } from '../support/multipart-body.ts';

const keepTheirNames = /^(?:Query|Mutation|ID|Int|Float|String|Boolean|DateTime|JSONObject|Upload|__\w+)$/;

/** Selects `__typename` of every type that a result can contain. */
const everyTypeName = print(
  prefixTypesInDocument(
    parse(`
      mutation Reply($input: ReplyToConversationInput!) {
        replyToConversation(input: $input) {
          __typename
          ... on ReplyToConversationPayload {
            part { ...OfPart attachments { __typename id } }
            assignPart { ...OfPart assignee { __typename id } }
          }
          ... on ReplyError { message delivery }
          ... on InvalidReplyError { issues { __typename path } }
          ... on DashlyUnavailableError { reason }
        }
      }
      fragment OfPart on Part {
        __typename type conversation { __typename id }
        from { __typename ... on Admin { id type } ... on DefaultAdmin { name } ... on User { id } }
        actions { __typename ... on QuickReply { body } ... on OtherAction { type } }
      }`),
    schema,
    'Dashly',
  ),
);

/** Inputs that produce every member of every union. */
const quick = { quickReply: { body: 'Yes' } };
const inputs: object[] = [
  { conversationId: '1', body: 'Hi', from: { adminId: '7' }, actions: [quick], autoAssign: { adminId: '7' } },
  { conversationId: '1', body: 'Hi', from: { userId: '42' } },
  { conversationId: '1', body: 'Hi', from: { default: 'ADMIN' } },
  { conversationId: '3', body: 'Hi', actions: [quick] },
  { conversationId: '7', body: 'Hi' },
  { conversationId: '8', body: 'Hi', autoAssign: { adminId: '7' } },
  ...['401', '403', '413', '418', '4290', '500', '4001', '4002', '4005'].map((conversationId) => ({
    conversationId,
    body: 'Hi',
  })),
  { conversationId: '1', body: 'Hi', idempotencyKey: 'k' },
  { conversationId: '1', body: 'Ho', idempotencyKey: 'k' },
];

async function typeNamesOf(gateway: TestGateway, input: object): Promise<string[]> {
  const { text, body } = await post(gateway, everyTypeName, { input });
  expect(body.errors).toBeUndefined();
  return namesIn(text);
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/"__typename":"(\w+)"/g)].map(([, name = '']) => name);
}

const withFile = { input: { conversationId: '1', attachment: { file: null } } };
const multipart = {
  'content-type': `multipart/form-data; boundary=${boundary}`,
  authorization: 'Token sandbox',
  'apollo-require-preflight': 'true',
};

describe('a gateway with the prefix Dashly', () => {
  const environment = { TYPE_PREFIX: 'Dashly' };

  test('returns prefixed type names in all results', async () => {
    const gateway = await startGateway(environment);
    const small = await startGateway({ ...environment, UPLOAD_MAX_BYTES: '3' });
    // No store is reachable on port 1.
    const storeless = await startGateway({ ...environment, REDIS_URL: 'redis://127.0.0.1:1' });
    const met = new Set<string>();
    for (const input of inputs) for (const name of await typeNamesOf(gateway, input)) met.add(name);
    const tooBig = form(operations(withFile, everyTypeName), map(), file('too big'));
    const answer = await ask(small.url, { method: 'POST', headers: multipart, body: tooBig });
    for (const name of namesIn(answer.text)) met.add(name);
    for (const name of await typeNamesOf(storeless, {
      conversationId: '1',
      body: 'Hi',
      idempotencyKey: 'k',
    }))
      met.add(name);
    const unions = ['ReplyToConversationResult', 'PartSender', 'PartAction'].flatMap((name) => {
      const union = schema.getType(name);
      return union && 'getTypes' in union ? union.getTypes().map((type) => type.name) : [];
    });
    const others = ['ConversationPart', 'AssignPart', 'Conversation', 'Attachment', 'ReplyIssue'];
    expect([...met].sort()).toEqual([...unions, ...others].map((name) => `Dashly${name}`).sort());
  });

  test('rejects documents with type names without the prefix', async () => {
    const gateway = await startGateway(environment);
    const { body } = await post(
      gateway,
      'mutation ($input: ReplyToConversationInput!) { replyToConversation(input: $input) { __typename } }',
      { input: { conversationId: '1' } },
    );
    expect(body.data).toBeUndefined();
    expect(body.errors[0].message).toMatch(/Unknown type "ReplyToConversationInput"/);
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test('shows the prefix in introspection and in _service', async () => {
    const gateway = await startGateway(environment);
    const expected = createSubgraph(schema, 'Dashly');
    const { body } = await post(gateway, getIntrospectionQuery({ oneOf: true, specifiedByUrl: true }));
    expect(printSchema(buildClientSchema(body.data))).toBe(printSchema(expected.schema));
    const names: string[] = body.data.__schema.types.map(({ name }: { name: string }) => name);
    // The names of these types are specified by Apollo Federation.
    expect(names.filter((name) => !name.startsWith('Dashly') && !keepTheirNames.test(name))).toEqual([
      '_Service',
      '_Entity',
      '_Any',
    ]);
    const roots = '{ __typename replyLimits { __typename } _service { __typename } }';
    expect((await post(gateway, roots)).body.data).toEqual({
      __typename: 'Query',
      replyLimits: { __typename: 'DashlyReplyLimits' },
      _service: { __typename: '_Service' },
    });
    expect((await post(gateway, 'mutation { __typename }')).body.data).toEqual({ __typename: 'Mutation' });
    expect(Object.keys(expected.schema.getMutationType()?.getFields() ?? {})).toEqual([
      'replyToConversation',
    ]);
  });

  test('shows a document with the prefix in GraphiQL, which runs', async () => {
    const gateway = await startGateway(environment);
    const { text } = await ask(gateway.url, { headers: { accept: 'text/html' } });
    const [, json = ''] = /id="configuration">(.*)<\/script>/.exec(text) ?? [];
    const [{ query, variables }] = JSON.parse(json).tabs;
    expect(query).toContain('... on DashlyReplyToConversationPayload {');
    expect(query).not.toMatch(/\bon (?!Dashly)/);
    expect(validate(createSubgraph(schema, 'Dashly').schema, parse(query))).toEqual([]);
    const { body } = await post(gateway, query, variables);
    expect(body.data.replyToConversation.__typename).toBe('DashlyReplyToConversationPayload');
    expect(gateway.sandbox?.received).toHaveLength(1);
  });
});

test('a cached document with the prefix uses the fast path', async () => {
  const { schema: prefixed } = createSubgraph(schema, 'Dashly');
  const { url, yogaCalls } = await startEndpoint(
    async () => ({ kind: 'replyTooBig', message: 'Too long.', delivery: 'NOT_DELIVERED', bodyLength: 3 }),
    prefixed,
  );
  const query = print(
    prefixTypesInDocument(
      parse(
        'mutation { replyToConversation(input: { conversationId: "1" }) { __typename ... on ReplyError { message } ... on ReplyTooBigError { bodyLength } } }',
      ),
      schema,
      'Dashly',
    ),
  );
  const answers = [];
  for (const _time of [1, 2, 3]) answers.push((await askJson(url, { query })).text);
  expect(yogaCalls()).toBe(1);
  expect(new Set(answers).size).toBe(1);
  expect(JSON.parse(answers[0] ?? '').data.replyToConversation).toMatchObject({
    __typename: 'DashlyReplyTooBigError',
    bodyLength: 3,
  });
});
