/** Common first mistakes get an error that explains what to do. */

import { expect, test } from 'vitest';
import { type Asked, ask } from '../../support/gateway/ask.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';

const json = { 'content-type': 'application/json', authorization: 'Token sandbox' };
const mutation =
  'mutation { replyToConversation(input: { conversationId: "1", body: "Hi" }) { __typename } }';
const withFile =
  'mutation ($file: Upload!) { replyToConversation(input: { conversationId: "1", attachment: { file: $file } }) { __typename } }';

const post = (body: unknown): Asked => ({ method: 'POST', headers: json, body: JSON.stringify(body) });

test.each<[mistake: string, asked: Asked, search: string, status: number, advice: RegExp]>([
  [
    'a body sent as a form',
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'query={__typename}',
    },
    '',
    415,
    /set the header "Content-Type: application\/json"/,
  ],
  ['GET for a mutation', {}, `?query=${encodeURIComponent(mutation)}`, 405, /mutation .* POST request/],
  ['no document', post({}), '', 400, /POST JSON such as .*browser/],
  [
    'a file name instead of a file',
    post({ query: withFile, variables: { file: 'note.txt' } }),
    '',
    400,
    /send multipart\/form-data/,
  ],
  [
    'a file as a long Base64 string',
    post({ query: withFile, variables: { file: 'AAAA'.repeat(1_000) } }),
    '',
    400,
    /send multipart\/form-data/,
  ],
])('%s', async (_mistake, asked, search, status, advice) => {
  const gateway = await startGateway();
  const answer = await ask(gateway.url + search, asked);
  expect([answer.status, JSON.parse(answer.text).errors[0].message]).toEqual([
    status,
    expect.stringMatching(advice),
  ]);
  expect(gateway.sandbox?.received).toEqual([]);
});

test('without GraphiQL, no error suggests to open the address in a browser', async () => {
  const gateway = await startGateway({ GRAPHIQL: 'false' });
  expect((await ask(gateway.url, post({}))).text).not.toContain('browser');
});
