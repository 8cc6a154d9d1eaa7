/** In a browser the endpoint is GraphiQL, with a mutation that is ready to run. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { startGateway } from '../start-gateway.ts';
import { startUpstream } from '../start-upstream.ts';
import { ask, askJson } from './ask.ts';

const document = readFileSync(
  new URL('../../schema/operations/reply-as-admin.graphql', import.meta.url),
  'utf8',
);
const chrome = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

interface Page {
  readonly query: string;
  readonly variables: string;
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
    const params = {
      query: page.query,
      variables: JSON.parse(page.variables),
      operationName: 'ReplyAsAdmin',
    };
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

  test.each<[environment: Record<string, string>]>([
    [{}],
    [{ GRAPHIQL: 'true', NODE_ENV: 'production', DASHLY_API_URL: 'sandbox' }],
    [{ DASHLY_TOKEN: 'sandbox', API_KEY_HASHES: createHash('sha256').update('key').digest('hex') }],
  ])('has the headers that a page needs, with %j', async (environment) => {
    const { url } = await startGateway(environment);
    for (const _time of [1, 2]) {
      const { status, headers, text } = await ask(url, { headers: { accept: chrome } });
      expect([status, headers]).toMatchObject([
        200,
        {
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'cross-origin-opener-policy': 'same-origin',
        },
      ]);
      const policy = headers['content-security-policy'];
      const directives = Object.fromEntries(
        String(policy)
          .split('; ')
          .map((directive) => directive.split(/ (.*)/)),
      );
      const [script, ...others] = [...text.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map(
        ([, code = '']) => code,
      );
      expect(others).toEqual([]);
      const hash = createHash('sha256')
        .update(script ?? '')
        .digest('base64');
      expect(directives).toMatchObject({
        'default-src': "'none'",
        'script-src': `'sha256-${hash}'`,
        'connect-src': "'self'",
        'base-uri': "'none'",
        'form-action': "'none'",
        'frame-ancestors': "'none'",
      });
      expect(policy).not.toMatch(/script-src[^;]*(?:unsafe|\*|https?:)|unsafe-eval/);
    }
  });

  test('stands open where callers have to prove who they are, and has no token or key in it', async () => {
    const secret = 'a secret of thirty-two bytes, or more';
    const jwt = { JWT_SECRET: secret, JWT_ISSUER: 'https://login.example', JWT_AUDIENCE: 'dashly' };
    const { url } = await startGateway({ DASHLY_TOKEN: 'S3cr3t', ...jwt });
    const page = await openGraphiql(url);
    expect(JSON.parse(page.headers)).toEqual({ Authorization: 'Bearer ' });
    const { text } = await ask(url, { headers: { accept: chrome } });
    for (const hidden of ['S3cr3t', secret]) expect(text.includes(hidden)).toBe(false);
    expect((await askJson(url, { query: '{ __typename }' }, JSON.parse(page.headers))).status).toBe(401);
  });
});
