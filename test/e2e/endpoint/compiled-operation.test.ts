/** Operations of one document are compiled separately, and no text of a document becomes code. */

import { expect, onTestFinished, test } from 'vitest';
import { post } from '../../support/gateway/reply.ts';
import { startStage } from '../../support/gateway/start-stage.ts';

test('operations of one document that share a fragment are independent', async () => {
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

// The markers with which graphql-jit writes dates and special numbers into the source of its functions.
test('a string in a document is never executed as code', async () => {
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
])('the string %s in a document arrives unchanged', async (text) => {
  const { gateway, upstream } = await startStage();
  const query = `mutation { replyToConversation(input: { conversationId: 7, body: "${text}" }) { __typename } }`;
  await post(gateway, query);
  await post(gateway, query);
  const arrived = upstream.requests.map(({ fields }) => new Map(fields).get('body'));
  expect(arrived).toEqual([text, text]);
});
