/** Clients that send the hash of a document first get an error, and then send its text. */

import { createHash } from 'node:crypto';
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { type CombinedError, createClient, type Exchange, fetchExchange, makeOperation } from '@urql/core';
import { expect, onTestFinished, test } from 'vitest';
import { LeaveNoteDocument } from '../../schema/documents.ts';
import { possibleTypes } from '../../schema/possible-types.ts';
import { ask, askJson } from '../support/gateway/ask.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';

const headers = { authorization: 'Token sandbox' };
const variables = { conversationId: '1', from: { adminId: '8164' }, body: 'Hi' };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const persistedQuery = { version: 1, sha256Hash: sha256('{ __typename }') } as const;

test.each(['application/graphql-response+json,application/json;q=0.9', 'application/json'])(
  'Apollo Client falls back once, and then always sends the text (Accept: %s)',
  async (accept) => {
    const { url, sandbox } = await startGateway();
    const sent: unknown[] = [];
    const link = new PersistedQueryLink({ sha256 }).concat(
      new HttpLink({
        uri: url,
        headers: { ...headers, accept },
        fetch: (target, init) => {
          const { query, extensions } = JSON.parse(String(init?.body));
          sent.push([query !== undefined, extensions?.persistedQuery !== undefined]);
          return fetch(target, init);
        },
      }),
    );
    const client = new ApolloClient({ link, cache: new InMemoryCache({ possibleTypes }) });
    onTestFinished(() => client.stop());
    for (const times of [1, 2]) {
      const { data } = await client.mutate({ mutation: LeaveNoteDocument, variables });
      expect(data?.replyToConversation.__typename).toBe('ReplyToConversationPayload');
      expect(sandbox?.received).toHaveLength(times);
    }
    expect(sent).toEqual([
      [false, true],
      [true, false],
      [true, false],
    ]);
  },
);

test('urql recognizes the message that makes its exchange fall back', async () => {
  const { url, sandbox } = await startGateway();
  const byHash: Exchange =
    ({ forward }) =>
    (operations) =>
      forward((sink) =>
        operations((signal) => {
          if (typeof signal === 'object' && 'tag' in signal && signal.tag === 1) {
            const operation = makeOperation(signal[0].kind, signal[0], signal[0].context);
            operation.extensions = { persistedQuery };
            signal[0] = operation;
          }
          sink(signal);
        }),
      );
  const client = createClient({ url, exchanges: [byHash, fetchExchange], fetchOptions: { headers } });
  const { error } = await client.mutation(LeaveNoteDocument, variables);
  const { graphQLErrors, networkError } = error as CombinedError;
  expect([networkError, graphQLErrors.map(({ message }) => message)]).toEqual([
    undefined,
    ['PersistedQueryNotSupported'],
  ]);
  expect(sandbox?.received).toEqual([]);
});

test.each<[accept: string, status: number]>([
  ['application/json', 200],
  ['application/graphql-response+json', 400],
])('a hash without a text gets that message, for Accept: %s with the status %i', async (accept, status) => {
  const { url } = await startGateway();
  const extensions = { persistedQuery };
  const search = new URLSearchParams({ extensions: JSON.stringify(extensions) });
  for (const answer of [
    await askJson(url, { extensions }, { accept }),
    await askJson(url, { extensions, query: null, operationName: 'LeaveNote', variables }, { accept }),
    await ask(`${url}?${search}`, { headers: { accept } }),
  ]) {
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      status,
      {
        errors: [
          { message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } },
        ],
      },
    ]);
  }
});

test('a hash next to a text is ignored', async () => {
  const { url } = await startGateway();
  const params = { query: '{ __typename }', extensions: { persistedQuery } };
  for (const _time of [1, 2, 3]) expect((await askJson(url, params)).text).toContain('"data"');
});
