/** The routes and the headers of the sandbox's pages. */

import { expect, test } from 'vitest';
import { postReply } from '../post-reply.ts';
import { readPage } from './read-page.ts';
import { startPages } from './start-pages.ts';

test.each(['', '/', '/conversations/1', '/conversations/401', '/conversations/77', '/nowhere'])(
  'the page at /sandbox%s has headers against other sites and against caches',
  async (path) => {
    const { url } = await startPages();
    const { headers, html } = await readPage(url, path);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-\S{44}'; style-src 'sha256-\S{44}'; img-src 'self';/,
    );
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).not.toMatch(/ style=| on\w+="/);
  },
);

test.each<[method: string, path: string, status: number, allow?: string]>([
  ['GET', '/nowhere', 404],
  ['GET', '/conversations', 404],
  ['GET', '/conversations/77', 404],
  ['GET', '/conversations/x', 404],
  ['GET', '/conversations/1/', 404],
  ['GET', '/conversations/%3Cscript%3E', 404],
  ['GET', '/attachments/1/a.txt', 404],
  ['GET', '/attachments/1', 404],
  ['GET', '/events/', 404],
  ['POST', '/nowhere', 404],
  ['POST', '', 405, 'GET, HEAD'],
  ['PUT', '/', 405, 'GET, HEAD'],
  ['DELETE', '/conversations/1', 405, 'GET, HEAD'],
  ['OPTIONS', '/conversations/1', 405, 'GET, HEAD'],
  ['POST', '/events', 405, 'GET'],
  ['POST', '/attachments/1/a.txt', 405, 'GET, HEAD'],
  ['POST', '/icon.svg', 405, 'GET, HEAD'],
  ['GET', '/parts/1/click', 405, 'POST'],
  ['HEAD', '/parts/1/click', 405, 'POST'],
])('responds to %s /sandbox%s with %i, as a page', async (method, path, status, allow) => {
  const { url } = await startPages();
  const page = await readPage(url, path, { method });
  expect(page.status).toBe(status);
  expect(page.headers.get('allow')).toBe(allow ?? null);
  expect(page.html).toMatch(method === 'HEAD' ? /^$/ : /<h2>.*\.<\/h2>/);
  // Only a page that can change has a script.
  expect(page.html).not.toContain('<script');
  expect((await readPage(url)).status).toBe(200);
});

test('a page is small, and loads nothing from other origins', async () => {
  const { url } = await startPages();
  const { html } = await readPage(url);
  expect(Buffer.byteLength(html)).toBeLessThan(24_000);
  expect(Buffer.byteLength(/<script type="module">(.*?)<\/script>/s.exec(html)?.[1] ?? '')).toBeLessThan(
    4_000,
  );
  expect(html.match(/ (?:src|href)="(?!\.\/sandbox|#)[^"]*"/g)).toBeNull();
});

test('responds to HEAD with the length of the page', async () => {
  const { url } = await startPages();
  const { headers, html } = await readPage(url, '', { method: 'HEAD' });
  expect(html).toBe('');
  expect(headers.get('content-length')).toBe(String(Buffer.byteLength((await readPage(url)).html)));
});

test('handles /sandbox, but not other paths that begin with it', async () => {
  const { url } = await startPages();
  expect((await readPage(url, '?a=b')).status).toBe(200);
  expect((await readPage(url, 'es')).status).toBe(401);
});

test.each([
  ['text/javascript', 'application/octet-stream'],
  ['text/html', 'application/octet-stream'],
  ['image/svg+xml', 'application/octet-stream'],
  ['image/png', 'image/png'],
])('serves a file of type %s as %s on the origin of the pages', async (type, served) => {
  const { url } = await startPages();
  const fields = new FormData();
  fields.append('body', 'Hi');
  fields.append('attachment', new File(['x'], 'a.bin', { type }));
  await postReply(url, { fields });
  const page = await (await fetch(`${url}/sandbox/conversations/1`)).text();
  const path = /\/sandbox\/attachments\/\d+\/[^"]+/.exec(page)?.[0] ?? expect.unreachable();
  const { headers } = await fetch(url + path);
  expect([headers.get('content-type'), headers.get('content-security-policy')]).toEqual([
    served,
    "default-src 'none'; sandbox",
  ]);
});
