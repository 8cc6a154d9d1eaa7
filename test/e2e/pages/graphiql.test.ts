/** GraphiQL in a real browser, as a user sees it. */

import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Page } from 'playwright-core';
import { describe, expect, test, vi } from 'vitest';
import { isBrowserMissing, openPage } from '../../browser.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { createGraphiQLDriver } from '../../support/graphiql-driver.ts';
import { startProxy } from '../../support/proxy/start-proxy.ts';
import { startUpstream } from '../../support/upstream/start-upstream.ts';

vi.setConfig({ testTimeout: 180_000 });

declare global {
  interface Window {
    violations?: string[];
    wasRun?: boolean;
  }
}

const success = '"__typename": "ReplyToConversationPayload"';
const replyTabs = ['ReplyAsAdmin', 'ReplyAsVisitor', 'LeaveNote', 'AskWithQuickReplies', 'SendAttachment'];
const tabNames = [...replyTabs, 'ReadConversation'];
const bytes = Buffer.from(Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7) % 251));
const file = { name: 'отчёт "1".bin', mimeType: 'application/x-test', buffer: bytes };

/** A page that collects the violations of its Content Security Policy. */
async function openWatchedPage(options: Parameters<typeof openPage>[0] = {}) {
  const { page, complaints } = await openPage(options);
  const messages: string[] = [];
  page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      window.violations?.push(`${event.effectiveDirective} ${event.blockedURI}`);
    });
  });
  const violations = () => page.evaluate(() => window.violations);
  return { page, complaints, messages, violations, graphiql: createGraphiQLDriver(page) };
}

async function boxOf(page: Page, selector: string) {
  const box = await page.locator(selector).locator('visible=true').first().boundingBox();
  if (!box) throw new Error(`${selector} is not visible`);
  return box;
}

describe.skipIf(isBrowserMissing)('GraphiQL (needs /usr/bin/chromium)', () => {
  test('opens with a reply that runs, and sends no request to another host', async () => {
    const gateway = await startGateway();
    const { page, complaints, graphiql } = await openWatchedPage();
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));

    await graphiql.open(gateway.url);
    await graphiql.run();

    await graphiql.expectAnswer(success);
    expect(gateway.sandbox?.received.map(({ fields }) => fields)).toEqual([
      [
        ['id_as_string', 'true'],
        ['include_random_id', 'true'],
        ['from_admin', '8164'],
        ['body', 'How can I help you?'],
        ['random_id', expect.stringMatching(/^\d+$/)],
      ],
    ]);
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual([new URL(gateway.url).host]);
  });

  test.each(['light', 'dark'] as const)(
    'has a tab for each kind of reply and one for reading, which all run (%s)',
    async (colorScheme) => {
      const gateway = await startGateway();
      const { page, complaints, messages, violations, graphiql } = await openWatchedPage({ colorScheme });
      await graphiql.open(gateway.url);
      expect(await graphiql.tabs()).toEqual(tabNames);
      for (const [index, name] of replyTabs.entries()) {
        if (index > 0) await graphiql.openTab(name);
        if (name === 'SendAttachment') await graphiql.fileInput('$file').setInputFiles(file);
        await graphiql.run();
        await graphiql.expectAnswer(success);
        expect(gateway.sandbox?.received).toHaveLength(index + 1);
      }
      await graphiql.openTab('ReadConversation');
      await graphiql.run();
      await graphiql.expectAnswer('Answer to question 58');
      // The editor of variables shows no error for variables that run. It needs time to check, and may still show the errors of the
      // previous tab.
      await expect.poll(() => page.locator('.squiggly-error').count()).toBe(0);
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(background).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(33, 42, 59)');
      expect(await violations()).toEqual([]);
      expect([complaints, messages]).toEqual([[], []]);
    },
  );

  test('runs at Ctrl+Enter, with the keyboard only', async () => {
    const gateway = await startGateway();
    const { page, graphiql } = await openWatchedPage();
    await graphiql.open(gateway.url);
    await page.locator('.graphiql-query-editor .graphiql-editor').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+Enter');
    await graphiql.expectAnswer(success);
  });

  test('requests only the page when it is opened again', async () => {
    const gateway = await startGateway();
    const requests: string[] = [];
    const proxy = await startProxy(Number(new URL(gateway.url).port), (chunk, way) => {
      const [, request] = /^((?:GET|POST|HEAD) \S+) HTTP/.exec(chunk.toString('latin1')) ?? [];
      if (way === 'there' && request) requests.push(request);
      return chunk;
    });
    const { page, graphiql } = await openWatchedPage();
    await graphiql.open(`http://127.0.0.1:${proxy.port}/graphql`);
    const settle = async () => {
      for (let count = -1; count !== requests.length; await page.waitForTimeout(1_500))
        count = requests.length;
    };
    // The files of the editors are requested last.
    await expect.poll(() => requests.filter((it) => /worker/.test(it)).length).toBe(3);
    await settle();
    requests.length = 0;
    await page.reload();
    // The second request is the introspection.
    const again = ['GET /graphql', 'POST /graphql'];
    await expect.poll(() => requests).toEqual(again);
    await settle();
    expect(requests).toEqual(again);
  });

  test('is the same after a reload: the tabs, their content, and the default headers', async () => {
    const gateway = await startGateway();
    const { page, graphiql } = await openWatchedPage();
    await graphiql.open(gateway.url);
    await graphiql.openTab('LeaveNote');
    await graphiql.write('variables.json', '{"conversationId": "2", "adminId": "8164", "body": "Mine"}');
    await graphiql.write('request-headers.json', '{"Authorization": "Token of-mine"}');
    const stored = () => page.evaluate(() => JSON.stringify(Object.entries(localStorage)));
    for (const _time of [1, 2]) {
      await expect.poll(graphiql.storedTabs).toContain('Mine');
      await page.waitForTimeout(1_000);
      expect(await stored()).not.toContain('of-mine');
      await page.reload();
      await expect.poll(() => graphiql.read('variables.json')).toContain('Mine');
      expect(await graphiql.tabs()).toEqual(tabNames);
      expect(await graphiql.openTabName()).toBe('LeaveNote');
      expect(await graphiql.read('request-headers.json')).toContain('Token sandbox');
    }
    await graphiql.run();
    await graphiql.expectAnswer(success);
    for (const name of tabNames.slice(0, 4)) {
      await graphiql.openTab(name);
      expect(await graphiql.read('request-headers.json')).toContain('Token sandbox');
    }
    expect(gateway.sandbox?.received.map(({ conversationId }) => conversationId)).toEqual(['2']);
    expect((await stored()).match(/"graphiql:/g)).toBeNull();
  });

  test('keeps headers only if the user has switched that on', async () => {
    const gateway = await startGateway();
    const { page, graphiql } = await openWatchedPage();
    await graphiql.open(gateway.url);
    await page.getByLabel('Open settings dialog').click();
    await page.getByRole('button', { name: 'On', exact: true }).click();
    await page.keyboard.press('Escape');
    await graphiql.write('request-headers.json', '{"Authorization": "Token of-mine"}');
    for (const _time of [1, 2]) {
      await expect.poll(graphiql.storedTabs).toContain('of-mine');
      await page.reload();
      await expect.poll(() => graphiql.read('request-headers.json')).toContain('of-mine');
      expect(await graphiql.tabs()).toEqual(tabNames);
    }
    await graphiql.openTab('LeaveNote');
    expect(await graphiql.read('request-headers.json')).toContain('Token sandbox');
  });

  describe('a file', () => {
    test('is chosen in a pane that opens automatically, and arrives with every byte', async () => {
      const gateway = await startGateway();
      const { page, graphiql } = await openWatchedPage();
      await graphiql.open(gateway.url);
      expect(await graphiql.filesPane.count()).toBe(0);
      await graphiql.openTab('SendAttachment');
      await graphiql.filesPane.waitFor();
      await graphiql.fileInput('$file').setInputFiles(file);
      expect(await graphiql.filesPane.textContent()).toContain('отчёт "1".bin195.3 KiB');
      const sent = page.waitForRequest((request) => 'apollo-require-preflight' in request.headers());
      await graphiql.run();
      await graphiql.expectAnswer('"size": 200000');
      expect((await sent).headers()).toMatchObject({ authorization: 'Token sandbox' });
      const [received] = gateway.sandbox?.received ?? [];
      expect(received?.fields).toContainEqual(['attachment_file_name', 'отчёт "1".bin']);
      expect(received?.file).toMatchObject({ filename: 'отчёт _1_.bin', mimeType: 'application/x-test' });
      expect(Buffer.from(received?.file?.bytes ?? []).equals(bytes)).toBe(true);
    });

    test('can be part of an input, even if the input is incomplete', async () => {
      const gateway = await startGateway();
      const { graphiql } = await openWatchedPage();
      await graphiql.open(gateway.url);
      await graphiql.write(
        'operation.graphql',
        'mutation Nested($input: ReplyToConversationInput!) { replyToConversation(input: $input) { __typename } }',
      );
      await graphiql.write('variables.json', '{ "input": { "conversationId": "1" } }');
      await graphiql.fileInput('$input.attachment.file').setInputFiles(file);
      await graphiql.run();
      await graphiql.expectAnswer(success);
      const [received] = gateway.sandbox?.received ?? [];
      expect(Buffer.from(received?.file?.bytes ?? []).equals(bytes)).toBe(true);
    });

    test('that is missing is reported, and nothing is sent', async () => {
      const gateway = await startGateway();
      const { page, graphiql } = await openWatchedPage();
      await graphiql.open(gateway.url);
      await graphiql.openTab('SendAttachment');
      await page.locator('.waiting-dot').waitFor();
      await graphiql.run();
      await graphiql.expectAnswer('Choose a file for $file first: use the paper clip.');
      await graphiql.fileInput('$file').setInputFiles(file);
      await page.locator('.waiting-dot').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Remove отчёт "1".bin' }).click();
      await graphiql.run();
      await graphiql.expectAnswer('Choose a file for $file first');
      expect(gateway.sandbox?.received).toEqual([]);
    });

    test('belongs to the tab in which it was chosen, and can be dropped there', async () => {
      const gateway = await startGateway();
      const { page, graphiql } = await openWatchedPage();
      await graphiql.open(gateway.url);
      await graphiql.openTab('SendAttachment');
      const dropped = await page.evaluateHandle(() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }));
        return transfer;
      });
      await graphiql.fileInput('$file').dispatchEvent('drop', { dataTransfer: dropped });
      await graphiql.filesPane.getByText('dropped.txt').waitFor();
      const operation = await graphiql.read('operation.graphql');
      await graphiql.openTab('LeaveNote');
      await graphiql.filesPane.getByText('This operation has no file variable.').waitFor();
      await graphiql.write('operation.graphql', operation.replace('SendAttachment', 'Other'));
      await graphiql.filesPane.getByText('required').waitFor();
      expect(await graphiql.filesPane.textContent()).not.toContain('dropped.txt');
      await graphiql.openTab('SendAttachment');
      await graphiql.filesPane.getByText('dropped.txt').waitFor();
      await graphiql.run();
      await graphiql.expectAnswer('"filename": "dropped.txt"');
    });

    test('that is too large results in a warning, but is sent', async () => {
      const gateway = await startGateway({ UPLOAD_MAX_BYTES: '1000' });
      const { graphiql } = await openWatchedPage();
      await graphiql.open(gateway.url);
      await graphiql.openTab('SendAttachment');
      await graphiql.fileInput('$file').setInputFiles(file);
      await graphiql.filesPane.getByText('Larger than the limit of the gateway').waitFor();
      await graphiql.run();
      await graphiql.expectAnswer('"maxBytes": 1000');
      expect(gateway.sandbox?.received).toEqual([]);
    });

    test('can be chosen without a schema, too', async () => {
      const gateway = await startGateway({ INTROSPECTION: 'false' });
      const { graphiql } = await openWatchedPage();
      await graphiql.open(gateway.url);
      await graphiql.openTab('SendAttachment');
      await graphiql.fileInput('$file').setInputFiles(file);
      await graphiql.run();
      await graphiql.expectAnswer('"size": 200000');
    });

    test('has a pane that stays closed after the user has closed it', async () => {
      const gateway = await startGateway();
      const { page, graphiql } = await openWatchedPage();
      await graphiql.open(gateway.url);
      await graphiql.openTab('SendAttachment');
      await page.getByLabel('Hide Files').click();
      await graphiql.openTab('LeaveNote');
      await graphiql.openTab('SendAttachment');
      await page.waitForTimeout(500);
      expect(await graphiql.filesPane.count()).toBe(0);
    });
  });

  describe('on a phone', () => {
    const viewport = { width: 390, height: 844 };
    const order = ['.graphiql-query-editor', '.graphiql-editor-tool', '.graphiql-response'];

    test('shows the operation, its variables and the response below each other on one screen', async () => {
      const gateway = await startGateway();
      const { page, graphiql } = await openWatchedPage({ viewport });
      await graphiql.open(gateway.url);
      await graphiql.run();
      await graphiql.expectAnswer(success);
      let above = 0;
      for (const selector of order) {
        const { x, y, width, height } = await boxOf(page, selector);
        expect([selector, y >= above, width > 340, height > 90]).toEqual([selector, true, true, true]);
        expect(x + width).toBeLessThanOrEqual(viewport.width);
        above = y + height;
      }
      expect(above).toBeLessThanOrEqual(viewport.height);
      const main = await page.locator('.graphiql-main').evaluate((it) => it.scrollHeight - it.clientHeight);
      expect([main, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([0, 390]);
    });

    test('scrolls to them below the files, and every text stays in its editor', async () => {
      const gateway = await startGateway();
      const { page, graphiql } = await openWatchedPage({ viewport });
      await graphiql.open(gateway.url);
      await graphiql.openTab('SendAttachment');
      await graphiql.fileInput('$file').setInputFiles(file);
      await graphiql.run();
      await graphiql.expectAnswer(success);
      expect((await boxOf(page, '.files-pane')).y).toBeGreaterThanOrEqual(0);
      const answer = page.locator('.graphiql-response');
      await answer.evaluate((it) => it.scrollIntoView({ block: 'end' }));
      const { y, height } = await boxOf(page, '.graphiql-response');
      expect(Math.round(y + height)).toBeLessThanOrEqual(viewport.height);
      expect((await boxOf(page, '.files-pane')).y).toBeLessThan(0);
      for (const selector of order) {
        const pane = await boxOf(page, selector);
        const text = await boxOf(page, `${selector} .monaco-editor`);
        expect([selector, text.y >= pane.y, text.y + text.height <= pane.y + pane.height]).toEqual([
          selector,
          true,
          true,
        ]);
      }
    });
  });

  describe('shows the destination of replies', () => {
    test('for the sandbox, with a link to its conversations', async () => {
      const gateway = await startGateway();
      const { page, graphiql } = await openWatchedPage();
      for (const slash of ['', '/']) {
        await graphiql.open(gateway.url + slash);
        const line = page.locator('.destination');
        expect(await line.textContent()).toContain('Nothing reaches a customer');
        const link = line.getByRole('link', { name: 'See the conversations' });
        expect(await link.evaluate((element) => element instanceof HTMLAnchorElement && element.href)).toBe(
          `${gateway.origin}/sandbox`,
        );
      }
    });

    test('for Dashly, which has the customers, and not for the host of its API', async () => {
      const upstream = await startUpstream();
      const gateway = await startGateway({ DASHLY_API_URL: upstream.url });
      const { page, graphiql } = await openWatchedPage();
      await graphiql.open(gateway.url);
      expect(await page.locator('.destination').textContent()).toBe(
        'Live Replies reach customers in Dashly.',
      );
    });
  });

  describe('a response', () => {
    test('that takes long can be cancelled', async () => {
      const arrived = Promise.withResolvers<ServerResponse>();
      const upstream = await startUpstream(arrived.resolve);
      const gateway = await startGateway({ DASHLY_API_URL: upstream.url, DASHLY_TIMEOUT_MS: '60000' });
      const { page, complaints, graphiql } = await openWatchedPage();
      await graphiql.open(gateway.url);
      await graphiql.write('request-headers.json', '{"Authorization": "Token x"}');
      await graphiql.run();
      const response = await arrived.promise;
      await page.getByLabel(/^Stop query/).click();
      await page.getByLabel(/^Execute query/).waitFor();
      await expect.poll(() => complaints).toEqual([gateway.url]);
      expect(await graphiql.read('response.json')).toBe('');
      // A gateway that stops waits for this request.
      response.destroy();
    });

    test.each([
      [200, '{"data":{"id":12345678901234567890}}', '"id": 12345678901234567890'],
      [401, '{"errors":[{"message":"Who is it?"}]}', '"message": "Who is it?"'],
      [502, '<html>Bad gateway</html>', 'The response (status 502) is not JSON'],
    ])('of status %d is shown: %s', async (status, body, shown) => {
      const gateway = await startGateway();
      const { page, graphiql } = await openWatchedPage();
      await graphiql.open(gateway.url);
      await page.route(gateway.url, (route) => route.fulfill({ status, body }));
      await graphiql.run();
      await graphiql.expectAnswer(shown);
    });

    test('that does not arrive is reported', async () => {
      const gateway = await startGateway();
      const { page, graphiql } = await openWatchedPage();
      await graphiql.open(gateway.url);
      await page.route(gateway.url, (route) => route.abort());
      await graphiql.run();
      await graphiql.expectAnswer('The gateway is unreachable');
      await graphiql.write('request-headers.json', '{"Authorization": "Token ключ"}');
      await graphiql.run();
      await graphiql.expectAnswer('a character that HTTP does not allow');
    });
  });

  test('loads the schema when a key is entered', async () => {
    const hash = createHash('sha256').update('my-key').digest('hex');
    const gateway = await startGateway({ DASHLY_TOKEN: 'sandbox', API_KEY_HASHES: hash });
    const { page, graphiql } = await openWatchedPage();
    await graphiql.open(gateway.url);
    await page.getByLabel('Show Documentation Explorer').click();
    await graphiql.run();
    await graphiql.expectAnswer('UNAUTHENTICATED');
    await graphiql.write('request-headers.json', '{"x-api-key": "my-key"}');
    await graphiql.run();
    await graphiql.expectAnswer(success);
    await page.locator('.graphiql-plugin').getByText('Mutation', { exact: true }).waitFor();
  });

  test('works within its Content Security Policy', async () => {
    const gateway = await startGateway();
    const { page, complaints, messages, violations, graphiql } = await openWatchedPage();
    await graphiql.open(gateway.url);
    await graphiql.run();
    await graphiql.expectAnswer(success);
    await page.getByLabel('Show Documentation Explorer').click();
    await page.locator('.graphiql-plugin').getByText('Mutation', { exact: true }).click();
    await page.locator('.graphiql-plugin').getByText('sent at most once').waitFor();
    await graphiql.write('operation.graphql', 'query   Ugly{ __typename }');
    await page.getByLabel('Prettify query').click();
    // The formatter is loaded first; text that is typed meanwhile would be overwritten.
    await expect
      .poll(() => graphiql.read('operation.graphql'))
      .toMatch(/^query Ugly \{\n {2}__typename\n\}\n?$/);
    await page.locator('.graphiql-query-editor .graphiql-editor').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('\nquery { replyL', { delay: 30 });
    const suggestions = page.locator('.suggest-widget.visible');
    await expect.poll(() => suggestions.textContent()).toContain('replyLimits');
    // The worker of the editor reports an incomplete document.
    await expect.poll(() => page.locator('.squiggly-error').count()).toBeGreaterThan(0);
    await page.getByLabel('Open settings dialog').click();
    await page.getByRole('button', { name: 'Dark' }).click();
    await page.keyboard.press('Escape');
    expect(await violations()).toEqual([]);
    expect(messages).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('runs only its own scripts, and sends requests to no other host', async () => {
    const gateway = await startGateway();
    const stranger = await startGateway({ CORS_ORIGINS: gateway.origin });
    const { page, violations, graphiql } = await openWatchedPage();
    await graphiql.open(gateway.url);
    await page.evaluate(() => {
      document.body.insertAdjacentHTML('beforeend', '<img src="x:" onerror="window.wasRun = true">');
      document.body.insertAdjacentHTML(
        'beforeend',
        '<a id="link" href="javascript:window.wasRun = true">a</a>',
      );
      document.getElementById('link')?.click();
    });
    const isInlined = await page.evaluate(() => {
      const inline = document.createElement('script');
      try {
        inline.textContent = 'window.wasRun = true';
      } catch {
        // Trusted types reject the text already.
      }
      document.head.append(inline);
      return window.wasRun === true;
    });
    const isAnswered = await page.evaluate(
      (url) =>
        fetch(url).then(
          () => true,
          () => false,
        ),
      `${stranger.url}?query={__typename}`,
    );
    const isLoaded = await page.evaluate((src) => {
      const script = document.createElement('script');
      return new Promise((resolve) => {
        Object.assign(script, { onload: () => resolve(true), onerror: () => resolve(false) });
        try {
          script.src = src;
        } catch {
          // Trusted types reject the address already.
          resolve(false);
        }
        document.head.append(script);
      });
    }, `${gateway.origin}/script.js`);
    const isSubmitted = page.waitForEvent('framenavigated', { timeout: 1_000 }).then(
      () => true,
      () => false,
    );
    await page.evaluate(() => {
      document.body.insertAdjacentHTML('beforeend', '<form id="form" action="/health"></form>');
      const form = document.getElementById('form');
      if (form instanceof HTMLFormElement) form.submit();
    });
    expect([isInlined, isAnswered, isLoaded, await isSubmitted]).toEqual([false, false, false, false]);
    expect(await page.evaluate(() => window.wasRun)).toBeUndefined();
    expect(new Set((await violations())?.map((text) => text.split(' ')[0]))).toEqual(
      new Set([
        'script-src-elem',
        'script-src-attr',
        'img-src',
        'connect-src',
        'form-action',
        'require-trusted-types-for',
      ]),
    );
  });

  test('shows that it needs JavaScript if there is none', async () => {
    const gateway = await startGateway();
    const { page } = await openPage({ javaScriptEnabled: false });
    await page.goto(gateway.url);
    expect(await page.locator('noscript').textContent()).toContain('GraphiQL needs JavaScript');
    expect(await page.getByText('GraphiQL is loading').isVisible()).toBe(false);
    expect(await page.title()).toBe('Dashly GraphQL gateway');
  });

  describe('in production', () => {
    const production = { NODE_ENV: 'production', DASHLY_API_URL: 'sandbox' };

    test('is not served: a browser gets one sentence, and no script', async () => {
      const gateway = await startGateway(production);
      const { page } = await openPage();
      const response = await page.goto(gateway.url);
      expect(response?.headers()['content-type']).toMatch(/^application\/(?:graphql-response\+)?json/);
      expect(await page.locator('body').textContent()).toContain('The request has no document');
      expect(await page.locator('script').count()).toBe(0);
    });

    test('is served with GRAPHIQL=true: the reply runs, but the schema is hidden', async () => {
      const gateway = await startGateway({ ...production, GRAPHIQL: 'true' });
      const { page, violations, graphiql } = await openWatchedPage();
      await graphiql.open(gateway.url);
      await graphiql.run();
      await graphiql.expectAnswer(success);
      await page.getByLabel('Show Documentation Explorer').click();
      await page.locator('.graphiql-plugin').waitFor();
      expect(await page.locator('.graphiql-plugin').textContent()).not.toContain('Mutation');
      expect(await violations()).toEqual([]);
    });

    test('shows the schema with INTROSPECTION=true', async () => {
      const gateway = await startGateway({ ...production, GRAPHIQL: 'true', INTROSPECTION: 'true' });
      const { page, graphiql } = await openWatchedPage();
      await graphiql.open(gateway.url);
      await page.getByLabel('Show Documentation Explorer').click();
      await page.locator('.graphiql-plugin').getByText('Mutation', { exact: true }).waitFor();
    });
  });
});
