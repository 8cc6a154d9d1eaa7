/** The page at `/` describes the gateway and lists its pages. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isBrowserMissing, openPage } from '../../browser.ts';
import { ask } from '../../support/gateway/ask.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';

const everything = ['/graphql', '/sandbox', '/schema.graphql', '/health', '/ready'];
const remote = { DASHLY_API_URL: 'https://api.dashly.app/v2' };

/** The paths in the text of the page, in order. */
async function pathsAt(origin: string): Promise<string[]> {
  const { status, headers, text } = await ask(origin);
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(text).toContain('A typed GraphQL API');
  return [...text.matchAll(/ (\/\S+) /g)].map(([, path = '']) => path);
}

test.each<[situation: string, environment: Record<string, string>, paths: string[]]>([
  ['with the sandbox', {}, everything],
  ['with a real Dashly', remote, everything.filter((path) => path !== '/sandbox')],
  ['in production', { ...remote, NODE_ENV: 'production' }, ['/graphql', '/health', '/ready']],
  [
    'with trusted documents',
    { TRUSTED_DOCUMENTS: 'schema/trusted-documents.json' },
    everything.filter((path) => path !== '/schema.graphql'),
  ],
])('%s it lists exactly the pages that exist', async (_situation, environment, paths) => {
  const { origin } = await startGateway(environment);
  expect(await pathsAt(origin)).toEqual(paths);
  for (const path of everything) {
    const { status } = await ask(origin + path, { headers: { accept: 'text/html' } });
    expect([path, status === 404]).toEqual([path, !paths.includes(path)]);
  }
});

test('mentions GraphiQL only if it is served', async () => {
  const [shown, hidden] = [await startGateway(), await startGateway({ GRAPHIQL: 'false' })];
  expect((await ask(shown.origin)).text).toContain('GraphiQL');
  expect((await ask(hidden.origin)).text).not.toContain('GraphiQL');
});

test('answers HEAD without a body, and a POST with the path of GraphQL', async () => {
  const { origin } = await startGateway();
  const { status, headers, text } = await ask(origin, { method: 'HEAD' });
  expect([status, text]).toEqual([200, '']);
  expect(Number(headers['content-length'])).toBeGreaterThan(100);
  const posted = await ask(origin, { method: 'POST', body: '{"query": "{ __typename }"}' });
  expect([posted.status, JSON.parse(posted.text).errors[0].message]).toEqual([
    404,
    expect.stringContaining('/graphql'),
  ]);
});

describe('the schema', () => {
  test('is the file of the repository', async () => {
    const { origin } = await startGateway();
    const file = readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8');
    expect(await ask(`${origin}/schema.graphql`)).toMatchObject({ status: 200, text: `${file}\n` });
  });

  test('has the type names that the gateway serves', async () => {
    const { origin } = await startGateway({ TYPE_PREFIX: 'Dashly' });
    const { text } = await ask(`${origin}/schema.graphql`);
    expect(text).toContain('union DashlyReplyToConversationResult = ');
    expect(text).not.toContain(' ReplyToConversationResult');
  });

  test('requires authentication if callers must authenticate', async () => {
    const { origin } = await startGateway({
      DASHLY_TOKEN: 'sandbox',
      API_KEY_HASHES: '2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683', // of "key"
    });
    expect((await ask(`${origin}/schema.graphql`)).status).toBe(401);
    const { status } = await ask(`${origin}/schema.graphql`, { headers: { 'x-api-key': 'key' } });
    expect(status).toBe(200);
  });

  test('rejects a POST', async () => {
    const { origin } = await startGateway();
    const { status, headers } = await ask(`${origin}/schema.graphql`, { method: 'POST', body: '{}' });
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD']);
  });
});

describe.skipIf(isBrowserMissing)('in a browser (needs /usr/bin/chromium)', () => {
  test.each(['light', 'dark'] as const)(
    'is a page with working links, within its Content Security Policy, in %s',
    async (colorScheme) => {
      const { origin } = await startGateway();
      const { page, complaints } = await openPage({ colorScheme });
      const messages: string[] = [];
      page.on('console', (message) => messages.push(message.text()));
      await page.goto(origin);
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('dashly-graphql-gateway');
      const links = await page
        .getByRole('link')
        .evaluateAll((all) => all.map((it) => it.getAttribute('href')));
      expect(links).toEqual(everything.map((path) => `.${path}`));
      // The style sheet has the hash that the policy names.
      expect(
        await page.getByRole('heading', { level: 1 }).evaluate((it) => getComputedStyle(it).fontSize),
      ).toBe('24px');
      expect([complaints, messages]).toEqual([[], []]);
      await page.getByRole('link', { name: 'Schema' }).click();
      await page.getByText('type Mutation').waitFor();
    },
  );
});
