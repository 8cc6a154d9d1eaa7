/** urql and Apollo Client in a real browser, on a page of another origin than the gateway's. */

import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { isBrowserMissing, openPage } from '../browser.ts';
import { findSecrets } from '../support/find-secrets.ts';
import { bearer, bySecret, gatewayToken } from '../support/gateway/issuer.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { answerJson, answerReply, startUpstream } from '../support/upstream/start-upstream.ts';
import type { PageRequest } from './browser-page.ts';
import { bundle, startPage } from './start-page.ts';

/** Any reply to this conversation is too big. */
const tooBig = '4001';
const preflight = { 'apollo-require-preflight': 'true' };

let script = '';

/** A gateway with its own token, as frontends need it, and a page whose origin is listed in its CORS_ORIGINS or not. */
async function openShop({ isListed }: { readonly isListed: boolean }) {
  const upstream = await startUpstream((response, request) => {
    const refusal = answerJson({ meta: { status: 400, error: 'ReplyTooBig' } }, 400);
    (request.path.includes(tooBig) ? refusal : answerReply())(response, request);
  });
  const origin = await startPage(script);
  const gateway = await startGateway({
    DASHLY_API_URL: upstream.url,
    CORS_ORIGINS: isListed ? `https://shop.example,${origin}` : 'https://shop.example',
    ...bySecret,
  });
  const { page } = await openPage();
  const seen = watch(page);
  await page.goto(origin);
  const authorization = await bearer({ dashly_admin_id: '8164', sub: 'anna' });
  const request = (asked: Pick<PageRequest, 'client'> & Partial<PageRequest>): PageRequest => ({
    ...{ url: gateway.url, conversationId: '1' },
    ...asked,
    headers: { ...authorization, ...asked.headers },
  });
  return { page, upstream, gateway, request, seen };
}

/** Everything that the browser receives and sends. */
function watch(page: Page): {
  readonly texts: () => Promise<string[]>;
  readonly statuses: readonly number[];
} {
  const texts: Promise<string>[] = [];
  const statuses: number[] = [];
  page.on('response', (response) => {
    statuses.push(response.status());
    const parts = [response.request().allHeaders(), response.allHeaders(), response.text()];
    texts.push(Promise.all(parts.map((part) => part.catch(() => ''))).then((all) => JSON.stringify(all)));
  });
  return { texts: () => Promise.all(texts), statuses };
}

const chosen = { name: 'счёт.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF of a shop') };

describe.skipIf(isBrowserMissing)('a page of another origin (needs /usr/bin/chromium)', () => {
  beforeAll(async () => {
    script = await bundle('./browser-page.ts');
  });

  describe.each(['urql', 'apollo'] as const)('with %s', (client) => {
    test('replies, reads an error, uploads a file, and never receives the token', async () => {
      const { page, upstream, gateway, request, seen } = await openShop({ isListed: true });
      expect(await page.evaluate((it) => window.reply(it), request({ client }))).toEqual({
        result: ['ReplyToConversationPayload', expect.any(String), expect.any(String)],
      });
      expect(
        await page.evaluate((it) => window.reply(it), request({ client, conversationId: tooBig })),
      ).toEqual({ result: ['ReplyTooBigError', 'NOT_DELIVERED', expect.stringContaining('long')] });
      await page.locator('input[type=file]').setInputFiles(chosen);
      expect(await page.evaluate((it) => window.upload(it), request({ client, headers: preflight }))).toEqual(
        { result: ['ReplyToConversationPayload'] },
      );

      expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual(
        Array(3).fill(`Token ${gatewayToken}`),
      );
      expect(upstream.requests[2]?.body).toContain(chosen.buffer.toString());
      expect(upstream.requests[2]?.body).toContain(`filename="${chosen.name}"`);
      const texts = await seen.texts();
      expect(texts.filter((text) => text.includes('ReplyToConversationPayload')).length).toBeGreaterThan(1);
      expect(texts.flatMap((text) => findSecrets(text, { gatewayToken }))).toEqual([]);
      expect(gateway.errors).toEqual([]);
    });

    test('reads the reason if a file without the header or a call without a JWT is rejected', async () => {
      const { page, upstream, request, seen } = await openShop({ isListed: true });
      await page.locator('input[type=file]').setInputFiles(chosen);
      expect(await page.evaluate((it) => window.upload(it), request({ client }))).toEqual({
        said: expect.stringContaining('apollo-require-preflight'),
        message: expect.any(String),
      });
      const headers = { authorization: 'Bearer expired' };
      expect(await page.evaluate((it) => window.reply(it), request({ client, headers }))).toEqual({
        said: expect.stringContaining('The token is not valid.'),
        message: expect.any(String),
      });
      expect(seen.statuses).toEqual(expect.arrayContaining([403, 401]));
      expect(upstream.requests).toEqual([]);
    });

    test('receives nothing and sends nothing if its origin is not listed', async () => {
      const { page, upstream, request } = await openShop({ isListed: false });
      await page.locator('input[type=file]').setInputFiles(chosen);
      const blocked = { said: expect.any(String), message: expect.stringContaining('Failed to fetch') };
      expect(await page.evaluate((it) => window.reply(it), request({ client }))).toEqual(blocked);
      for (const headers of [preflight, {}]) {
        expect(await page.evaluate((it) => window.upload(it), request({ client, headers }))).toEqual(blocked);
      }
      expect(upstream.requests).toEqual([]);
    });
  });
});
