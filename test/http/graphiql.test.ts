/** GraphiQL as a person meets it, in a real browser. */

import type { Page } from 'playwright-core';
import { describe, expect, test, vi } from 'vitest';
import { isBrowserMissing, openPage } from '../browser.ts';
import { startGateway } from '../start-gateway.ts';

vi.setConfig({ testTimeout: 60_000 });

declare global {
  interface Window {
    violations?: string[];
    wasRun?: boolean;
  }
}

/** A page that collects what its Content Security Policy forbids. */
async function openWatchedPage() {
  const { page, complaints } = await openPage();
  const messages: string[] = [];
  page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      window.violations?.push(`${event.effectiveDirective} ${event.blockedURI}`);
    });
  });
  const violations = () => page.evaluate(() => window.violations);
  return { page, complaints, messages, violations };
}

async function expectAnswer(page: Page, text: string): Promise<void> {
  const answer = page.locator('.result-window');
  await expect.poll(() => answer.textContent(), { timeout: 15_000 }).toContain(text);
}

describe.skipIf(isBrowserMissing)('GraphiQL (needs /usr/bin/chromium)', () => {
  test('opens with a reply that runs, and asks no other host for anything', async () => {
    const gateway = await startGateway();
    const { page, complaints } = await openPage();
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));

    await page.goto(gateway.url);
    await page.locator('.graphiql-execute-button').click();

    await expectAnswer(page, 'ReplyToConversationPayload');
    expect(gateway.sandbox?.received.map(({ fields }) => fields)).toEqual([
      [
        ['id_as_string', 'true'],
        ['from_admin', '8164'],
        ['body', 'How can I help you?'],
      ],
    ]);
    expect(complaints).toEqual([]);
    expect([...hosts].filter((host) => host !== new URL(gateway.url).host && host !== '')).toEqual([]);
  });

  test('does all that it does within its Content Security Policy', async () => {
    const gateway = await startGateway();
    const { page, complaints, messages, violations } = await openWatchedPage();
    await page.goto(gateway.url);
    await page.locator('.graphiql-execute-button').click();
    await expectAnswer(page, 'ReplyToConversationPayload');
    await page.getByLabel('Show Documentation Explorer').click();
    await expect
      .poll(() => page.locator('.graphiql-plugin').textContent(), { timeout: 10_000 })
      .toContain('ReplyToConversationResult');
    await page.locator('.graphiql-query-editor, .graphiql-editor').first().click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('\nquery { replyL', { delay: 30 });
    const suggestions = page.locator('.suggest-widget.visible');
    await expect.poll(() => suggestions.textContent(), { timeout: 10_000 }).toContain('replyLimits');
    // The editor's worker finds fault with what is not finished.
    await expect.poll(() => page.locator('.squiggly-error').count(), { timeout: 10_000 }).toBeGreaterThan(0);
    expect(await violations()).toEqual([]);
    expect(messages.filter((text) => /^error|Content Security Policy/.test(text))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('runs no script but its own, and talks to no other host', async () => {
    const gateway = await startGateway();
    const stranger = await startGateway({ CORS_ORIGINS: gateway.origin });
    const { page, violations } = await openWatchedPage();
    await page.goto(gateway.url);
    await page.locator('.graphiql-execute-button').waitFor();
    await page.evaluate(() => {
      const inline = document.createElement('script');
      inline.textContent = 'window.wasRun = true';
      document.head.append(inline);
      document.body.insertAdjacentHTML('beforeend', '<img src="x:" onerror="window.wasRun = true">');
      document.body.insertAdjacentHTML(
        'beforeend',
        '<a id="link" href="javascript:window.wasRun = true">a</a>',
      );
      document.getElementById('link')?.click();
    });
    const isAnswered = await page.evaluate(
      (url) =>
        fetch(url).then(
          () => true,
          () => false,
        ),
      `${stranger.url}?query={__typename}`,
    );
    const isLoaded = await page.evaluate(
      (src) =>
        new Promise((resolve) => {
          const script = document.createElement('script');
          Object.assign(script, { src, onload: () => resolve(true), onerror: () => resolve(false) });
          document.head.append(script);
        }),
      `${gateway.origin}/script.js`,
    );
    const isSubmitted = page.waitForEvent('framenavigated', { timeout: 1_000 }).then(
      () => true,
      () => false,
    );
    await page.evaluate(() => {
      document.body.insertAdjacentHTML('beforeend', '<form id="form" action="/health"></form>');
      const form = document.getElementById('form');
      if (form instanceof HTMLFormElement) form.submit();
    });
    expect([isAnswered, isLoaded, await isSubmitted]).toEqual([false, false, false]);
    expect(await page.evaluate(() => window.wasRun)).toBeUndefined();
    expect(new Set((await violations())?.map((text) => text.split(' ')[0]))).toEqual(
      new Set(['script-src-elem', 'script-src-attr', 'img-src', 'connect-src', 'form-action']),
    );
  });

  describe('in production', () => {
    const production = { NODE_ENV: 'production', DASHLY_API_URL: 'sandbox' };

    test('is not there: a browser sees a sentence, and no script', async () => {
      const gateway = await startGateway(production);
      const { page } = await openPage();
      const response = await page.goto(gateway.url);
      expect(response?.headers()['content-type']).toMatch(/^application\/(?:graphql-response\+)?json/);
      expect(await page.locator('body').textContent()).toContain('The request has no document');
      expect(await page.locator('script').count()).toBe(0);
    });

    test('is there with GRAPHIQL=true: the reply runs, and nothing tells of the schema', async () => {
      const gateway = await startGateway({ ...production, GRAPHIQL: 'true' });
      const { page, violations } = await openWatchedPage();
      await page.goto(gateway.url);
      await page.locator('.graphiql-execute-button').click();
      await expectAnswer(page, 'ReplyToConversationPayload');
      await page.getByLabel('Show Documentation Explorer').click();
      await page.locator('.graphiql-plugin').waitFor();
      expect(await page.locator('.graphiql-plugin').textContent()).not.toContain('ReplyToConversationResult');
      expect(await violations()).toEqual([]);
    });

    test('shows the schema with INTROSPECTION=true', async () => {
      const gateway = await startGateway({ ...production, GRAPHIQL: 'true', INTROSPECTION: 'true' });
      const { page } = await openWatchedPage();
      await page.goto(gateway.url);
      await page.getByLabel('Show Documentation Explorer').click();
      await expect
        .poll(() => page.locator('.graphiql-plugin').textContent(), { timeout: 10_000 })
        .toContain('ReplyToConversationResult');
    });
  });
});
