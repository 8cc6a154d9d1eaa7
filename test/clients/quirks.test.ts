/** Default behaviour of clients on which the advice in the documentation rests. */

import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { cacheExchange, createClient, fetchExchange, gql } from '@urql/core';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { LeaveNoteDocument } from '../../schema/documents.ts';
import { possibleTypes } from '../../schema/possible-types.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';

const headers = { authorization: 'Token sandbox' };
const refused = { conversationId: '4001', from: { adminId: '8164' }, body: 'Hi' };

describe("Apollo Client's cache", () => {
  test.each<[with_: string, types: typeof possibleTypes | null, message: unknown]>([
    ['drops the fields of all errors without the possible types', null, undefined],
    [
      'keeps the fields of all errors if it knows the possible types',
      possibleTypes,
      expect.stringContaining('too long'),
    ],
  ])('%s', async (_name, types, message) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const { url } = await startGateway();
    const cache = new InMemoryCache(types ? { possibleTypes: types } : {});
    const client = new ApolloClient({ link: new HttpLink({ uri: url, headers }), cache });
    const { data } = await client.mutate({ mutation: LeaveNoteDocument, variables: refused });
    client.stop();
    expect(data?.replyToConversation.__typename).toBe('ReplyTooBigError');
    expect(Reflect.get(data?.replyToConversation ?? {}, 'message')).toEqual(message);
    expect(warn.mock.calls.length > 0).toBe(types === null);
  });
});

test('urql sends queries by GET by default, which the gateway accepts', async () => {
  const { url } = await startGateway();
  const methods: unknown[] = [];
  const client = createClient({
    url,
    exchanges: [cacheExchange, fetchExchange],
    fetch: (target, init) => {
      methods.push(init?.method);
      return fetch(target, init);
    },
  });
  const { data } = await client.query(gql`{ replyLimits { attachmentMaxBytes } }`, {});
  expect(data).toMatchObject({ replyLimits: { attachmentMaxBytes: 10_485_760 } });
  const { error } = await client.mutation(LeaveNoteDocument, refused);
  expect(error).toBeUndefined();
  expect(methods).toEqual(['GET', 'POST']);
});
