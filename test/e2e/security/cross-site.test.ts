/** What a page of another site can do to the gateway, tested in a real browser. */

import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { isBrowserMissing, openPage } from '../../browser.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { startSite } from '../../support/gateway/start-site.ts';
import { startUpstream } from '../../support/upstream/start-upstream.ts';

/** Serves another site with this page. Resolves to its origin. */
const startPage = (html = '<!doctype html><title>Another site</title>') =>
  startSite((_req, res) => void res.writeHead(200, { 'content-type': 'text/html' }).end(html));

/** A page of another site, and a gateway; `isListed` adds the origin of the page to the gateway's CORS_ORIGINS. */
async function openSite(isListed: boolean, environment: Record<string, string> = {}) {
  const upstream = await startUpstream();
  const origin = await startPage();
  const gateway = await startGateway({
    DASHLY_API_URL: upstream.url,
    ...(isListed ? { CORS_ORIGINS: `https://shop.example,${origin}` } : {}),
    ...environment,
  });
  const { page } = await openPage();
  await page.goto(origin);
  return { page, url: gateway.url, origin, upstream };
}

const mutation =
  'mutation { replyToConversation(input: { conversationId: "1", body: "Hi" }) { __typename } }';
const uploadMutation =
  'mutation ($file: Upload!) { replyToConversation(input: { conversationId: "1", attachment: { file: $file } }) { __typename } }';
const params = JSON.stringify({ query: mutation });
const operations = JSON.stringify({ query: uploadMutation, variables: { file: null } });
const sent = { data: { replyToConversation: { __typename: 'ReplyToConversationPayload' } } };
const guards = ['apollo-require-preflight', 'x-graphql-yoga-csrf', 'x-apollo-operation-name'];

interface Seen {
  readonly status: number;
  readonly text: string;
  readonly requestId: string | null;
  readonly challenge: string | null;
}

interface Sending {
  readonly url: string;
  readonly headers?: Record<string, string>;
  /** A text; by default a form with `operations` and a file. */
  readonly body?: string;
  readonly operations?: string;
}

/** The response as the page sees it; null if the browser hides it or sends no request. */
function send(page: Page, sending: Sending): Promise<Seen | null> {
  return page.evaluate(async ({ url, headers = {}, body, operations }) => {
    const form = new FormData();
    form.append('operations', operations ?? '');
    form.append('map', '{"0": ["variables.file"]}');
    form.append('0', new File(['bytes'], 'a.txt', { type: 'text/plain' }));
    try {
      const response = await fetch(url, { method: 'POST', headers, body: body ?? form });
      return {
        status: response.status,
        text: await response.text(),
        requestId: response.headers.get('x-request-id'),
        challenge: response.headers.get('www-authenticate'),
      };
    } catch {
      return null;
    }
  }, sending);
}

describe.skipIf(isBrowserMissing)('a page of another site (needs /usr/bin/chromium)', () => {
  describe.each([
    ['is not listed', false],
    ['is listed', true],
  ])('that %s in CORS_ORIGINS', (_is, isListed) => {
    test.each<[name: string, status: number, encoding: string, fields: Record<string, string>]>([
      ['files', 403, 'multipart/form-data', { operations, map: '{"0": ["variables.file"]}' }],
      ['no file', 403, 'multipart/form-data', { operations: params, map: '{}' }],
      ['a query', 415, 'application/x-www-form-urlencoded', { query: mutation }],
      // The body becomes {"query": "…", "a": "="}.
      ['JSON as plain text', 415, 'text/plain', { [`${params.slice(0, -1)}, "a": "`]: '"}' }],
    ])('cannot post a form with %s (%i)', async (_name, status, encoding, fields) => {
      const { page, url, upstream } = await openSite(isListed);
      const answer = page.waitForResponse(url);
      await page.evaluate(
        ([action, enctype, entries]) => {
          const form = document.createElement('form');
          Object.assign(form, { method: 'post', action, enctype });
          for (const [name, value] of Object.entries(entries)) {
            const input = document.createElement('input');
            Object.assign(input, { type: 'hidden', name, value });
            form.append(input);
          }
          if (enctype === 'multipart/form-data') {
            const file = document.createElement('input');
            Object.assign(file, { type: 'file', name: '0' });
            const transfer = new DataTransfer();
            transfer.items.add(new File(['bytes'], 'a.txt'));
            file.files = transfer.files;
            form.append(file);
          }
          document.body.append(form);
          form.submit();
        },
        [url, encoding, fields] as const,
      );
      const response = await answer;
      expect([response.status(), await response.request().headerValue('content-type')]).toEqual([
        status,
        expect.stringContaining(encoding),
      ]);
      await page.waitForURL(url);
      const text = await page.locator('body').textContent();
      for (const name of guards) expect(text).toContain(name);
      await page.goBack();
      expect(upstream.requests).toEqual([]);
    });

    test.each<[name: string, status: number, type: string]>([
      ['JSON as plain text', 415, 'text/plain'],
      ['JSON as JSON', 415, 'application/json'],
      ['JSON without a type', 415, ''],
      ['JSON in a form', 415, 'application/x-www-form-urlencoded'],
      ['JSON with a multipart type', 403, 'multipart/form-data; boundary=b, application/json'],
      ['files', 403, 'multipart/form-data; boundary=b'],
    ])('cannot send %s without CORS (%i)', async (_name, status, type) => {
      const { page, url, upstream } = await openSite(isListed);
      const answer = page.waitForResponse(url);
      await page.evaluate(
        ([target, body, contentType]) =>
          fetch(target, {
            method: 'POST',
            mode: 'no-cors',
            headers: {
              'content-type': contentType,
              'apollo-require-preflight': '1',
              authorization: 'Token a',
            },
            body: new Blob([body], { type: contentType }),
          }).then(() => {}),
        [url, params, type] as const,
      );
      const response = await answer;
      expect(response.status()).toBe(status);
      expect(await response.request().headerValue('apollo-require-preflight')).toBeNull();
      expect(await response.request().headerValue('authorization')).toBeNull();
      expect(upstream.requests).toEqual([]);
    });

    test('cannot send a form by fetch without CORS', async () => {
      const { page, url, upstream } = await openSite(isListed);
      const answer = page.waitForResponse(url);
      await page.evaluate(
        ([target, text]) => {
          const body = new FormData();
          body.append('operations', text);
          body.append('map', '{"0": ["variables.file"]}');
          body.append('0', new File(['bytes'], 'a.txt'));
          return fetch(target, { method: 'POST', mode: 'no-cors', body }).then(() => {});
        },
        [url, operations] as const,
      );
      expect((await answer).status()).toBe(403);
      expect(upstream.requests).toEqual([]);
    });

    test('cannot send a mutation by a link or an image', async () => {
      const { page, url, upstream } = await openSite(isListed);
      const target = `${url}?query=${encodeURIComponent(mutation)}`;
      const isShown = await page.evaluate(
        (src) =>
          new Promise<boolean>((resolve) => {
            const image = new Image();
            Object.assign(image, { src, onload: () => resolve(true), onerror: () => resolve(false) });
          }),
        target,
      );
      expect(isShown).toBe(false);
      expect((await page.goto(target))?.status()).toBe(405);
      expect(upstream.requests).toEqual([]);
    });
  });

  test('that is not listed can neither send JSON or files, nor read responses', async () => {
    const { page, url, upstream } = await openSite(false);
    const authorization = 'Token sandbox';
    const json = { authorization, 'content-type': 'application/json' };
    expect(await send(page, { url, headers: json, body: params })).toBeNull();
    for (const guard of guards) {
      expect(await send(page, { url, headers: { authorization, [guard]: '1' }, operations })).toBeNull();
    }
    expect(
      await page.evaluate((target) => fetch(target).catch(() => null), `${url}?query={__typename}`),
    ).toBeNull();
    expect(upstream.requests).toEqual([]);
  });

  test('that is listed may send JSON, and read the response', async () => {
    const { page, url, upstream } = await openSite(true);
    for (const times of [1, 2, 3]) {
      const headers = { authorization: 'Token sandbox', 'content-type': 'application/json' };
      const seen = await send(page, { url, headers, body: params });
      expect(seen).toMatchObject({ status: 200, requestId: expect.stringMatching(/./) });
      expect(JSON.parse(seen?.text ?? '')).toEqual(sent);
      expect(upstream.requests).toHaveLength(times);
    }
  });

  test.each(guards)('that is listed may send files with the header %s', async (guard) => {
    const { page, url, upstream } = await openSite(true);
    const headers = { authorization: 'Token sandbox', [guard]: 'any' };
    const seen = await send(page, { url, headers, operations });
    expect(JSON.parse(seen?.text ?? '')).toEqual(sent);
    expect(upstream.requests[0]?.body).toContain('bytes');
    const without = await send(page, { url, headers: { authorization: 'Token sandbox' }, operations });
    expect(without).toMatchObject({ status: 403, requestId: expect.stringMatching(/./) });
    for (const name of guards) expect(without?.text).toContain(name);
    expect(upstream.requests).toHaveLength(1);
  });

  const secret = 'a secret of thirty-two bytes, or more';
  const jwtEnvironment = { JWT_SECRET: secret, JWT_ISSUER: 'https://login.example', JWT_AUDIENCE: 'dashly' };
  const signed = () =>
    new SignJWT({ scope: 'dashly:reply:any' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(jwtEnvironment.JWT_ISSUER)
      .setAudience(jwtEnvironment.JWT_AUDIENCE)
      .setExpirationTime('5 minutes')
      .sign(Buffer.from(secret));
  const keyEnvironment = { API_KEY_HASHES: createHash('sha256').update('key').digest('hex') };

  test.each<
    [name: string, environment: Record<string, string>, proof: () => Promise<Record<string, string>>]
  >([
    ['a JWT', jwtEnvironment, async () => ({ authorization: `Bearer ${await signed()}` })],
    ['an API key', keyEnvironment, async () => ({ 'x-api-key': 'key' })],
  ])('that is listed can read the reason for a rejection without %s', async (_name, environment, proof) => {
    const { page, url, upstream } = await openSite(true, { DASHLY_TOKEN: 'sandbox', ...environment });
    const headers = { 'content-type': 'application/json' };
    const readable = {
      status: 401,
      requestId: expect.stringMatching(/./),
      challenge: expect.stringContaining('realm='),
    };
    expect(await send(page, { url, headers, body: params })).toMatchObject(readable);
    expect(await send(page, { url, headers: { 'apollo-require-preflight': '1' }, operations })).toMatchObject(
      readable,
    );
    expect(upstream.requests).toEqual([]);
    const seen = await send(page, { url, headers: { ...headers, ...(await proof()) }, body: params });
    expect(JSON.parse(seen?.text ?? '')).toEqual(sent);
  });

  test('cannot embed GraphiQL in a frame', async () => {
    const gateway = await startGateway();
    const origin = await startPage(`<iframe src="${gateway.url}"></iframe>`);
    const { page } = await openPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(origin);
    await expect.poll(() => complaints.join('\n')).toMatch(/frame/i);
    const frame = page.frames().find((it) => it !== page.mainFrame());
    expect(await frame?.locator('.graphiql-container').count()).toBe(0);
  });
});
