/** Each caller's own credentials reach Dashly, for its own replies only. */

import { describe, expect, test } from 'vitest';
import { readDashlyCredential } from '../../../src/http/auth/dashly-authorization.ts';
import { ask, askJson } from '../../support/gateway/ask.ts';
import { reply } from '../../support/gateway/reply.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { answerReply, startUpstream } from '../../support/upstream/start-upstream.ts';

describe('readDashlyCredential', () => {
  test.each([
    'Token abc',
    'Bearer abc',
    'token abc',
    'BEARER abc',
    'Token   abc',
    'Token appid-1-0123456789abcdef',
    'Bearer eyJhbGciOiJub25lIn0.e30.~+/=',
    'Token !#$%&',
    `Token ${'x'.repeat(5_000)}`,
  ])('reads %j unchanged', (header) => {
    const token = header.split(' ').at(-1);
    expect(readDashlyCredential(header)).toEqual({ authorization: header, token });
  });

  test.each([
    undefined,
    '',
    'Token',
    'Token ',
    'Bearer  ',
    'abc',
    'Basic dXNlcjpwYXNz',
    'Digest username="x"',
    'Tokens abc',
    'XToken abc',
    ' Token abc',
    'Token abc ',
    'Token a b',
    'Token a, Bearer b',
    'Token\tabc',
    'Token a\r\nX-Evil: 1',
    'Token ключ',
    'Token a\x00b',
    'Token a\x7f',
  ])('does not read %j', (header) => {
    expect(readDashlyCredential(header)).toBeNull();
  });
});

const query = `mutation ($input: ReplyToConversationInput!) {
  replyToConversation(input: $input) {
    ... on ReplyToConversationPayload { part { body } }
    ... on ReplyError { message }
  }
}`;

test('1,000 concurrent callers each use their own token', async () => {
  // In random order, so that a mix-up of requests would be detected.
  const upstream = await startUpstream((response, request) => {
    const body = request.fields.find(([name]) => name === 'body')?.[1] ?? '';
    const delay = (Number(body.replace(/\D/g, '')) * 7) % 30;
    setTimeout(() => {
      answerReply({ body })(response, request);
    }, delay);
  });
  const { url } = await startGateway({ DASHLY_API_URL: upstream.url, DASHLY_TIMEOUT_MS: '60000' });
  const callers = Array.from({ length: 1_000 }, (_, index) => ({
    body: `body of ${index}`,
    authorization: `${index % 2 ? 'Token' : 'Bearer'} secret-of-${index}`,
  }));

  const answers = await Promise.all(
    callers.map(async ({ body, authorization }, index) => {
      const params = {
        query: index % 3 ? query : `${query} # ${index}`,
        variables: { input: { conversationId: '1', body } },
      };
      return askJson(url, params, { authorization });
    }),
  );

  answers.forEach(({ text, headers }, index) => {
    expect(JSON.parse(text)).toEqual({
      data: { replyToConversation: { part: { body: callers[index]?.body } } },
    });
    expect(text + JSON.stringify(headers)).not.toContain('secret-of');
  });
  const arrived = upstream.requests.map(({ headers, fields }) => ({
    body: fields.find(([name]) => name === 'body')?.[1],
    authorization: headers.authorization,
  }));
  expect(arrived).toHaveLength(1_000);
  expect(new Map(arrived.map((it) => [it.body, it.authorization]))).toEqual(
    new Map(callers.map((it) => [it.body, it.authorization])),
  );
});

test.each(['Basic dXNlcjpwYXNz', 'Token', 'nonsense', ''])(
  'a caller with %j sends nothing, not even the second time',
  async (authorization) => {
    const upstream = await startUpstream();
    const gateway = await startGateway({ DASHLY_API_URL: upstream.url });
    for (const _time of [1, 2, 3]) {
      expect(await reply(gateway, { conversationId: '1' }, undefined, { authorization })).toMatchObject({
        __typename: 'NotAuthenticatedError',
        delivery: 'NOT_DELIVERED',
      });
    }
    expect(upstream.requests).toEqual([]);
  },
);

test('a caller without a token does not get the token of an earlier one', async () => {
  const upstream = await startUpstream();
  const gateway = await startGateway({ DASHLY_API_URL: upstream.url });
  const body = JSON.stringify({ query, variables: { input: { conversationId: '1' } } });
  for (const _time of [1, 2]) {
    await askJson(gateway.url, body, { authorization: 'Token mine' });
    const { text } = await ask(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: 'authorization=Token mine' },
      body,
    });
    expect(text).toContain('Nothing was sent');
  }
  expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual(['Token mine', 'Token mine']);
});

test('forwards nothing else from the caller', async () => {
  const upstream = await startUpstream();
  const { url } = await startGateway({ DASHLY_API_URL: upstream.url });
  const body = { query, variables: { input: { conversationId: '1' } } };
  for (const _time of [1, 2]) {
    await askJson(url, body, {
      cookie: 'a=b',
      'x-forwarded-for': '1.2.3.4',
      'x-evil': '1',
      'user-agent': 'me',
      referer: 'http://r',
    });
  }
  for (const { headers } of upstream.requests) {
    expect(Object.keys(headers).sort()).toEqual(
      [
        'accept',
        'accept-encoding',
        'authorization',
        'connection',
        'content-length',
        'content-type',
        'host',
        'user-agent',
      ].sort(),
    );
    expect(headers['user-agent']).not.toContain('me');
  }
});
