/** In a browser the endpoint is GraphiQL, with a mutation that is ready to run. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { startGateway } from '../start-gateway.ts';
import { startUpstream } from '../start-upstream.ts';
import { ask, askJson } from './ask.ts';

const document = readFileSync(
  new URL('../../schema/operations/first-reply.graphql', import.meta.url),
  'utf8',
);
const chrome = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

interface Page {
  readonly query: string;
  readonly headers: string;
}

/** What the page starts GraphiQL with. */
async function openGraphiql(url: string): Promise<Page> {
  const { status, headers, text } = await ask(url, { headers: { accept: chrome } });
  expect(status).toBe(200);
  expect(headers['content-type']).toMatch(/^text\/html/);
  const call = text.slice(text.lastIndexOf('YogaGraphiQL.renderYogaGraphiQL('));
  const options = /^ *(\{"title".*\}),$/m.exec(call)?.[1];
  return JSON.parse(options ?? '');
}

describe('GraphiQL', () => {
  test.each(['', '/'])('stands at /graphql%s, with the mutation and its header filled in', async (slash) => {
    const { url } = await startGateway();
    const page = await openGraphiql(url + slash);
    expect(page.query).toBe(document);
    expect(JSON.parse(page.headers)).toEqual({ Authorization: 'Token sandbox' });
  });

  test('opens with what can be run, as often as one likes', async () => {
    const { url } = await startGateway();
    const page = await openGraphiql(url);
    const params = { query: page.query, operationName: 'FirstReply' };
    for (const _time of [1, 2, 3]) {
      const { text } = await askJson(url, params, JSON.parse(page.headers));
      const { data, errors } = JSON.parse(text);
      expect(errors).toBeUndefined();
      expect(data.replyToConversation).toMatchObject({
        __typename: 'ReplyToConversationPayload',
        part: { body: 'How can I help you?' },
      });
    }
  });

  test('has no token for a real Dashly', async () => {
    const upstream = await startUpstream();
    const { url } = await startGateway({ DASHLY_API_URL: upstream.url });
    const page = await openGraphiql(url);
    expect(JSON.stringify(page)).not.toContain('Token sandbox');
  });

  test('loads nothing from elsewhere', async () => {
    const { url } = await startGateway();
    const { text } = await ask(url, { headers: { accept: chrome } });
    expect(text.match(/<(?:script|link)[^>]*(?:src|href)="?(?:https?:)?\/\/[^>]*>/g)).toBeNull();
  });

  test('is only for those who want a page', async () => {
    const { url } = await startGateway();
    for (const accept of ['application/json', '*/*', 'application/graphql-response+json']) {
      expect((await ask(url, { headers: { accept } })).headers['content-type']).toMatch(/^application\//);
    }
    const queried = await ask(`${url}?query=%7B__typename%7D`, { headers: { accept: 'application/json' } });
    expect(queried.text).toBe('{"data":{"__typename":"Query"}}');
  });
});
