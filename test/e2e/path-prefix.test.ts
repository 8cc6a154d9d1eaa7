/** All pages work below a prefix that a reverse proxy strips: every link, form, file and event stream stays below it. */

import { describe, expect, test, vi } from 'vitest';
import { isBrowserMissing, openPage } from '../browser.ts';
import { postReply } from '../sandbox/post-reply.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { createGraphiQLDriver } from '../support/graphiql-driver.ts';
import { startPrefixProxy } from '../support/proxy/start-prefix-proxy.ts';

vi.setConfig({ testTimeout: 180_000 });

const prefix = '/some/prefix';
const question = { body: 'Shall we call you back?', actions: '[{"type":"quick_reply","body":"Yes"}]' };
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A gateway behind the proxy, and a sandbox with a question, a picture and two conversations in it. */
async function start() {
  const gateway = await startGateway();
  const proxy = await startPrefixProxy(gateway.origin, prefix);
  const sandboxUrl = gateway.sandbox?.url ?? '';
  await postReply(sandboxUrl, { id: '2' });
  const picture = new FormData();
  picture.append('attachment', new File([pixel], 'pixel.png', { type: 'image/png' }));
  await postReply(sandboxUrl, { fields: picture });
  await postReply(sandboxUrl, { fields: question });
  return { ...proxy, sandboxUrl };
}

describe.skipIf(isBrowserMissing)('Behind a proxy (needs /usr/bin/chromium)', () => {
  test('a user gets from the front page to GraphiQL, sends a reply, and sees it arrive', async () => {
    const { root, strays } = await start();
    const { page, complaints } = await openPage();
    const graphiql = createGraphiQLDriver(page);
    await page.goto(root);
    await page.getByRole('link', { name: 'GraphiQL' }).click();
    await page.waitForURL(`${root}graphql`);
    await page.locator('.graphiql-execute-button').waitFor();
    await expect.poll(() => graphiql.read('operation.graphql')).not.toBe('');
    // The files of the workers must be below the prefix, too. Not `networkidle`: Playwright misses the end of their requests.
    const workers = () => page.workers().map((worker) => /(\w+)\.worker/.exec(worker.url())?.[1]);
    await expect.poll(() => new Set(workers())).toEqual(new Set(['editor', 'graphql', 'json']));
    await graphiql.run();
    await graphiql.expectAnswer('ReplyToConversationPayload');

    const opened = page.waitForEvent('popup');
    await page.getByRole('link', { name: 'See the conversations' }).click();
    const sandbox = await opened;
    expect(sandbox.url()).toBe(`${root}sandbox`);
    await sandbox.getByRole('log').first().getByText('How can I help you?').waitFor();
    await sandbox.getByRole('link', { name: 'GraphiQL' }).click();
    await sandbox.waitForURL(`${root}graphql`);
    expect([strays, complaints]).toEqual([[], []]);
  });

  test.each(['sandbox', 'sandbox/', 'sandbox/conversations/1'])(
    'the page at %s is live, shows files, and its buttons and links work',
    async (path) => {
      const { root, strays, sandboxUrl } = await start();
      const { page } = await openPage();
      await page.goto(root + path);
      await expect.poll(() => page.getByRole('status').textContent()).toBe('Live');
      const customer = page.getByRole('log', { name: 'What the customer sees' });
      await postReply(sandboxUrl, { fields: { body: 'Now' } });
      await customer.getByText('Now').waitFor();
      await customer.locator('img').scrollIntoViewIfNeeded();
      await expect
        .poll(() =>
          customer.locator('img').evaluate((it) => it instanceof HTMLImageElement && it.naturalWidth),
        )
        .toBe(1);
      await customer.getByRole('button', { name: 'Yes' }).click();
      await customer.locator('.mine').getByText('Yes').waitFor();
      await page.getByRole('link', { name: /Conversation 2/ }).click();
      await page.waitForURL(`${root}sandbox/conversations/2`);
      await page.getByText('Conversations to try').click();
      await page.getByRole('table').getByRole('link', { name: '401', exact: true }).click();
      await page.waitForURL(`${root}sandbox/conversations/401`);
      await page.getByRole('link', { name: 'Dashly sandbox' }).click();
      await page.waitForURL(`${root}sandbox`);
      expect(strays).toEqual([]);
    },
  );

  test('a form returns to its conversation without a script, and an unknown address links to the latest one', async () => {
    const { root, strays } = await start();
    const { page } = await openPage({ javaScriptEnabled: false });
    await page.goto(`${root}sandbox/conversations/1`);
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.waitForURL(`${root}sandbox/conversations/1`);
    await page.locator('.mine').getByText('Yes').waitFor();
    for (const path of ['sandbox/nowhere', 'sandbox/no/where/', 'sandbox/parts/1/click']) {
      await page.goto(root + path);
      await page.getByRole('link', { name: 'To the latest conversation' }).click();
      await page.waitForURL(`${root}sandbox`);
    }
    expect(strays).toEqual([]);
  });
});
