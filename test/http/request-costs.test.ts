/** What a request makes of memory, traffic and time stays in proportion to its size. */

import { describe, expect, test } from 'vitest';
import { startGateway } from '../start-gateway.ts';
import { startUpstream } from '../start-upstream.ts';
import { ask, askJson } from './ask.ts';
import { RawClient } from './raw-client.ts';

const maxJsonBytes = 1024 * 1024;

test('a variable that a JSON literal names many times does not multiply', { timeout: 60_000 }, async () => {
  const upstream = await startUpstream();
  const { url } = await startGateway({ DASHLY_API_URL: upstream.url });
  const list = Array(1_000).fill('$v').join(' ');
  const query = `mutation ($v: JSONObject) {
    replyToConversation(input: { conversationId: 1, bodyJson: { a: [${list}] } }) { __typename }
  }`;
  for (const _time of [1, 2]) await askJson(url, { query, variables: { v: { a: 'x'.repeat(10_000) } } });
  const sent = upstream.requests.reduce((sum, { body }) => sum + body.length, 0);
  expect(sent).toBeLessThan(2 * maxJsonBytes);
});

describe('an error does not repeat what came', () => {
  const unknown = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`unknown${index}`, 1]));

  test.each<[string, object]>([
    ['for each unknown field beside a long text', { ...unknown, body: 'x'.repeat(200_000) }],
    ['where a long text is of the wrong type', { randomId: 'x'.repeat(200_000) }],
  ])('%s', async (_which, input) => {
    const { url } = await startGateway();
    const query =
      'mutation ($input: ReplyToConversationInput!) { replyToConversation(input: $input) { __typename } }';
    for (const _time of [1, 2]) {
      const { text } = await askJson(url, { query, variables: { input: { conversationId: 1, ...input } } });
      expect(text.length).toBeLessThan(100_000);
    }
  });
});

test('strangers who send next to nothing do not keep others from uploading', async () => {
  const { url, origin } = await startGateway();
  const top =
    'POST /graphql HTTP/1.1\r\nhost: x\r\napollo-require-preflight: 1\r\n' +
    'content-type: multipart/form-data; boundary=B\r\ncontent-length: 5000\r\n\r\n--B\r\n';
  for (let index = 0; index < 64; index++) await new RawClient(origin).write(top);
  const { status } = await ask(url, {
    method: 'POST',
    headers: {
      authorization: 'Token sandbox',
      'apollo-require-preflight': '1',
      'content-type': 'multipart/form-data; boundary=B',
    },
    body:
      '--B\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"query":"{ __typename }"}\r\n' +
      '--B\r\nContent-Disposition: form-data; name="map"\r\n\r\n{}\r\n--B--\r\n',
  });
  expect(status).toBe(200);
});
