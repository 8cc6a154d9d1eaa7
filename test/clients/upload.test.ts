/** Clients that people use upload a file through the gateway, each by its own rules. */

import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { cacheExchange, createClient, fetchExchange } from '@urql/core';
// @ts-expect-error It declares its types in comments alone, which the compiler does not read in packages.
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import { describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../start-gateway.ts';

// A page of another site cannot send it, so the gateway wants it beside every file.
const headers = { authorization: 'Token sandbox', 'apollo-require-preflight': 'true' };

const result = `
  __typename
  ... on ReplyToConversationPayload { part { attachments { filename mimeType size url } } }
`;
const nested = `mutation Reply($input: ReplyToConversationInput!) {
  replyToConversation(input: $input) { ${result} }
}`;
const topLevel = `mutation Reply($id: ID!, $file: Upload!) {
  replyToConversation(input: { conversationId: $id, attachment: { file: $file } }) { ${result} }
}`;

const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7) % 251);
const upload = () => new File([bytes], 'отчёт "1" 🎉.bin', { type: 'application/x-test' });

const ways: [name: string, query: string, variables: () => Record<string, unknown>][] = [
  ['in the input', nested, () => ({ input: { conversationId: '1', attachment: { file: upload() } } })],
  ['as a variable of its own', topLevel, () => ({ id: '1', file: upload() })],
];

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: the documents are checked elsewhere
  readonly data?: any;
  readonly error?: Error | undefined;
}

const clients: [
  name: string,
  send: (url: string, query: string, variables: Record<string, unknown>) => Promise<Answer>,
][] = [
  [
    '@urql/core',
    async (url, query, variables) => {
      const client = createClient({
        url,
        exchanges: [cacheExchange, fetchExchange],
        preferGetMethod: false,
        fetchOptions: { headers },
      });
      return await client.mutation(query, variables).toPromise();
    },
  ],
  [
    '@apollo/client with apollo-upload-client',
    async (url, query, variables) => {
      const client = new ApolloClient({
        link: new UploadHttpLink({ uri: url, headers }),
        cache: new InMemoryCache(),
      });
      const answer = await client.mutate({ mutation: gql(query), variables });
      client.stop();
      return answer;
    },
  ],
];

async function expectArrived({ sandbox }: TestGateway, { data, error }: Answer): Promise<void> {
  expect(error).toBeUndefined();
  expect(data.replyToConversation).toMatchObject({
    __typename: 'ReplyToConversationPayload',
    part: {
      attachments: [{ filename: 'отчёт "1" 🎉.bin', mimeType: 'application/x-test', size: bytes.length }],
    },
  });
  expect(sandbox?.received).toHaveLength(1);
  const served = await fetch(data.replyToConversation.part.attachments[0].url);
  expect(Buffer.from(await served.arrayBuffer()).equals(bytes)).toBe(true);
  expect(Buffer.from(sandbox?.received[0]?.file?.bytes ?? []).equals(bytes)).toBe(true);
}

describe.each(clients)('%s', (_name, send) => {
  test.each(ways)('uploads a file %s', async (_way, query, variables) => {
    const gateway = await startGateway();
    await expectArrived(gateway, await send(gateway.url, query, variables()));
    expect(gateway.errors).toEqual([]);
  });
});
