/** Who may send a reply: those who bring something that Dashly takes. */

import { expect, test } from 'vitest';
import { post } from '../reply.ts';
import { startGateway } from '../start-gateway.ts';
import { startUpstream } from '../start-upstream.ts';

const query = `mutation { replyToConversation(input: { conversationId: 7 }) {
  __typename ... on ReplyError { message delivery }
} }`;

/** Twice, since a document that comes again is executed in another way. */
async function replyWith(headers: Record<string, string>) {
  const upstream = await startUpstream();
  const gateway = await startGateway({ DASHLY_API_URL: upstream.url });
  const executed = await post(gateway, query, {}, headers);
  const compiled = await post(gateway, query, {}, headers);
  expect(compiled.text).toBe(executed.text);
  return { upstream, result: executed.body.data.replyToConversation };
}

test.each(['Token abc', 'Bearer abc', 'token abc', 'bearer abc', 'BEARER abc', 'Token  a.b-c~d+e/f=='])(
  '"%s" goes to Dashly as it is',
  async (authorization) => {
    const { upstream, result } = await replyWith({ authorization });
    expect(result).toEqual({ __typename: 'ReplyToConversationPayload' });
    expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual([
      authorization,
      authorization,
    ]);
  },
);

test.each([
  '',
  'Token',
  'Token ',
  'Bearer',
  'abc',
  'Basic YTpi',
  'Digest username="a"',
  'Tokenabc',
  'XToken abc',
  'Token abc def',
  'Token abc, Bearer def',
  'Token é',
])('"%s" goes nowhere', async (authorization) => {
  const { upstream, result } = await replyWith({ authorization });
  expect(result).toEqual({
    __typename: 'NotAuthenticatedError',
    message: expect.stringContaining('Authorization: Token'),
    delivery: 'NOT_DELIVERED',
  });
  expect(upstream.requests).toEqual([]);
});
