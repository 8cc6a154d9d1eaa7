/** Uploads in a real browser, with a slow network, and responses without a body. */

import { beforeAll, describe, expect, test } from 'vitest';
import { isBrowserMissing, limitUploads, openPage } from '../browser.ts';
import { bundle, startPage } from '../clients/start-page.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { startSite } from '../support/gateway/start-site.ts';
import type { Answer, Upload } from './progress-page.ts';

const chosen = { name: 'scan.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(2_000_000, 'x') };

let script = '';
beforeAll(async () => {
  script = await bundle('../schema/progress-page.ts');
});

describe.skipIf(isBrowserMissing)('an upload in a browser (needs /usr/bin/chromium)', () => {
  async function openShop() {
    const origin = await startPage(script);
    const gateway = await startGateway({ CORS_ORIGINS: origin });
    const { page } = await openPage();
    await limitUploads(page, 1_000_000);
    await page.goto(origin);
    await page.locator('input[type=file]').setInputFiles(chosen);
    return { page, gateway };
  }

  test('reports growing values up to the end', async () => {
    const { page, gateway } = await openShop();
    const upload: Upload = await page.evaluate((url) => window.send(url), gateway.url);
    const { progress, name } = upload;
    expect(name).toBe('ReplyToConversationPayload');
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect([progress.at(0), progress.at(-1)]).toEqual([0, 1]);
    expect(new Set(progress).size).toBeGreaterThan(3);
    expect(gateway.sandbox?.received[0]?.file?.bytes).toHaveLength(chosen.buffer.length);
  });

  test('is cancelled by its signal, and nothing is sent', async () => {
    const { page, gateway } = await openShop();
    const { progress, name } = await page.evaluate((url) => window.send(url, 0.1), gateway.url);
    expect([name, progress.at(-1) === 1]).toEqual(['AbortError', false]);
    expect(gateway.sandbox?.received).toEqual([]);
  });
});

describe.skipIf(isBrowserMissing)('a response in a browser (needs /usr/bin/chromium)', () => {
  /** The page is served from the same server as the answer, so that it may read all headers. */
  async function postTo(answer: string): Promise<Answer> {
    const origin = await startSite((request, response) => {
      if (request.method === 'POST') request.socket.end(answer);
      else if (request.url === '/page.js') response.setHeader('content-type', 'text/javascript').end(script);
      else
        response
          .setHeader('content-type', 'text/html')
          .end('<!doctype html><script type="module" src="/page.js"></script>');
    });
    const { page } = await openPage();
    await page.goto(origin);
    return page.evaluate(() => window.post('/graphql'));
  }

  test.each([
    ['a 204', 'HTTP/1.1 204 No Content\r\nX-Answer: none: yet\r\n\r\n', 204, [['x-answer', 'none: yet']]],
    ['an empty header section', 'HTTP/1.1 204 No Content\r\n\r\n', 204, []],
  ])(
    'with %s has no body, and its signal aborts nothing any more',
    async (_what, answer, status, headers) => {
      expect(await postTo(answer)).toEqual({ status, hasBody: false, headers, aborts: 0 });
    },
  );
});
