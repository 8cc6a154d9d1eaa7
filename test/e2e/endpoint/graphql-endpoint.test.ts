/** The endpoint follows GraphQL over HTTP, and sends the media type that the client prefers. */

import { serverAudits } from 'graphql-http';
import { describe, expect, test } from 'vitest';
import { ask, askJson } from '../../support/gateway/ask.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { boundary, upload } from '../../support/multipart-body.ts';

describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: '' }).map(({ name }) => name);

  test.each(audits.map((name, index) => [name, index] as const))('%s', async (_name, index) => {
    const { url } = await startGateway();
    const result = await serverAudits({ url })[index]?.fn();
    expect(result?.status === 'ok' ? null : result).toBeNull();
  });

  test('is audited in full', () => {
    expect(audits.length).toBeGreaterThan(60);
  });
});

describe('the media type of a response', () => {
  const json = 'application/json; charset=utf-8';
  const graphql = 'application/graphql-response+json; charset=utf-8';
  const accepts: [accept: string | undefined, status: number, type: string | undefined][] = [
    [undefined, 200, json],
    ['*/*', 200, json],
    ['application/*', 200, json],
    ['application/json', 200, json],
    ['application/json; charset=utf-8', 200, json],
    ['application/graphql-response+json', 200, graphql],
    ['application/graphql-response+json,application/json;q=0.9', 200, graphql],
    [
      'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
      200,
      graphql,
    ],
    ['application/json, application/graphql-response+json', 200, json],
    ['text/html, */*;q=0.1', 200, json],
    ['', 200, json],
    [' Application/JSON ;q=0.5', 200, json],
    ['text/event-stream, application/json', 200, json],
    ['application/json;q=0, application/graphql-response+json', 200, graphql],
    ['application/json;q=0.5, application/graphql-response+json;q=0.6', 200, graphql],
    ['*/*, application/graphql-response+json;q=0', 200, json],
    ['*/*, application/json;q=0.1', 200, graphql],
    ['application/json;q=0', 406, json],
    ['application/*;q=0, */*', 406, json],
    ['text/html', 406, json],
    ['image/png', 406, json],
    ['text/event-stream', 406, json],
    ['multipart/mixed', 406, json],
    ['application/xml', 406, json],
    ['application/jsonp', 406, json],
    ['text/application/json', 406, json],
    ['garbage', 406, json],
    [';;;,,', 406, json],
  ];
  const query = '{ replyLimits { attachmentMaxBytes } }';
  const asked = async (url: string, accept: string | undefined, params: object = { query }) => {
    const { status, headers, text } = await askJson(url, params, accept === undefined ? {} : { accept });
    return { status, type: headers['content-type'], text };
  };

  test.each(accepts)('for Accept: %s', async (accept, status, type) => {
    const { url } = await startGateway();
    const first = await asked(url, accept);
    expect([first.status, first.type]).toEqual([status, type]);
    const refused = await asked(url, accept, { query: '{ nope }' });
    expect(refused.text).toMatch(status === 406 ? /accept application/ : /Cannot query field/);
  });

  test.each([
    ...accepts.flatMap(([accept, status]) => (status === 406 && accept ? [accept] : [])),
    'application/json; charset=utf-16',
  ])('for Accept: %s nothing is executed, for all callers and methods', async (accept) => {
    const { url, sandbox, errors } = await startGateway();
    const mutation = 'mutation { replyToConversation(input: { conversationId: "1" }) { __typename } }';
    const notAcceptable = {
      errors: [
        {
          message: 'The response is JSON: accept application/graphql-response+json or application/json.',
          extensions: { code: 'NOT_ACCEPTABLE' },
        },
      ],
    };
    const form = upload();
    const headers = {
      accept,
      authorization: 'Token sandbox',
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'apollo-require-preflight': '1',
    };
    for (const times of [1, 2]) {
      for (const { status, text } of [
        await askJson(url, { query: mutation }, { accept }),
        await askJson(url, { query: '{ nope }' }, { accept }),
        await ask(`${url}?query=${encodeURIComponent(query)}`, { headers: { accept } }),
        await ask(url, { method: 'POST', headers, body: form }),
      ]) {
        expect([status, JSON.parse(text)]).toEqual([406, notAcceptable]);
      }
      expect(sandbox?.received).toHaveLength(times - 1);
      // By now the document is cached.
      expect((await askJson(url, { query: mutation })).status).toBe(200);
    }
    expect(errors).toEqual([]);
  });

  test('does not depend on the Accept header of earlier requests', async () => {
    const { url } = await startGateway();
    for (const _round of [1, 2]) {
      for (const [accept, status, type] of [...accepts, ...accepts.toReversed()]) {
        const answer = await asked(url, accept);
        expect([accept, answer.status, answer.type]).toEqual([accept, status, type]);
      }
    }
  });

  test.each([
    ['application/json', 200],
    ['application/graphql-response+json', 400],
  ])('matches the status of a rejection: %s, %i', async (accept, status) => {
    const { url } = await startGateway();
    const typed = 'query ($a: Boolean!) { __typename @skip(if: $a) }';
    for (const _time of [1, 2]) {
      expect((await asked(url, accept, { query: '{ nope }' })).status).toBe(status);
      expect((await asked(url, accept, { query: typed, variables: { a: 5 } })).status).toBe(status);
      expect((await asked(url, accept, { query: typed, variables: { a: true } })).status).toBe(200);
    }
  });
});
