/** The composer of the page in Chromium, as a page of another origin than that of the gateway. */

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isBrowserMissing, limitUploads, openPage } from '../../browser.ts';
import { bundle } from '../../clients/start-page.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { startSite } from '../../support/gateway/start-site.ts';
import { cleanUp } from '../../support/process/npm.ts';
import { blocksBelow } from '../sections.ts';
import { compile, page as docs, endpoint, makeProject, readDescribeReply, writeFiles } from './project.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const heading = 'A composer in React';
const blocks = [
  readDescribeReply(),
  ...blocksBelow(docs, heading, 'ts'),
  ...blocksBelow(docs, heading, 'tsx'),
];

declare global {
  interface Window {
    /** The values that the progress bar had. */
    bar: number[];
  }
}

let project = '';
let script = '';
beforeAll(async () => {
  project = await makeProject();
  const folder = join(project, 'bundled');
  await writeFiles(
    folder,
    blocks.map((block) => block.replace('conversationId="1"', 'conversationId="CONVERSATION"')),
  );
  script = await bundle(join(folder, 'main.tsx'));
  for (const text of ['CONVERSATION', endpoint]) expect(script).toContain(text);
});
afterAll(cleanUp);

test('the composer compiles strictly', async () => {
  await writeFiles(project, blocks);
  expect(await compile(project, 'bundler')).toBe('');
});

/** The page of a conversation, with its gateway. */
async function openComposer(conversationId = '1', environment: Record<string, string> = {}) {
  let text = '';
  const origin = await startSite(({ url }, res) => {
    const isScript = url === '/page.js';
    res.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
    res.end(
      isScript ? text : '<!doctype html><title>A shop</title><script type="module" src="/page.js"></script>',
    );
  });
  const gateway = await startGateway({ CORS_ORIGINS: origin, ...environment });
  text = script.replace(endpoint, gateway.url).replace('CONVERSATION', conversationId);
  const { page, complaints } = await openPage();
  await page.addInitScript(watchBar);
  await page.goto(origin);
  const write = (message: string) => page.getByLabel('Message').fill(message);
  const send = (name = 'Send') => page.getByRole('button', { name, exact: true }).click();
  const expectStatus = (said: string) =>
    expect.poll(() => page.getByRole('status').textContent(), { timeout: 15_000 }).toContain(said);
  return { page, gateway, complaints, write, send, expectStatus };
}

function watchBar(): void {
  window.bar = [];
  new MutationObserver(() => {
    const { value } = document.querySelector('progress') ?? {};
    if (value !== undefined) window.bar.push(value);
  }).observe(document, { subtree: true, childList: true, attributes: true });
}

describe.skipIf(isBrowserMissing)('in Chromium (needs /usr/bin/chromium)', () => {
  test('sends a text with buttons, and is empty afterwards', async () => {
    const { page, gateway, complaints, write, send, expectStatus } = await openComposer();
    await write('Shall we call you back?');
    for (const [index, text] of ['Yes', 'No'].entries()) {
      await page.getByRole('button', { name: 'Add a button' }).click();
      await page.getByLabel(`Button ${index + 1}`).fill(text);
    }
    await send();
    await expectStatus('Sent: Shall we call you back?');
    expect(await page.getByLabel('Message').inputValue()).toBe('');
    const [received] = gateway.sandbox?.received ?? [];
    expect(JSON.stringify(received?.fields)).toMatch(/Yes.*No/);
    expect(complaints).toEqual([]);
  });

  test('sends one message if the button is pressed twice', async () => {
    const { page, gateway, write, expectStatus } = await openComposer('6');
    await write('Hello');
    await page.getByRole('button', { name: 'Send', exact: true }).dblclick();
    await expectStatus('Sent: Hello');
    expect(gateway.sandbox?.received).toHaveLength(1);
  });

  test('sends a file with a bar that moves', async () => {
    const { page, gateway, write, send, expectStatus } = await openComposer();
    await limitUploads(page, 400_000);
    await write('Your invoice');
    const buffer = Buffer.alloc(1_000_000, '%PDF');
    await page.getByLabel('File').setInputFiles({ name: 'invoice.pdf', mimeType: 'application/pdf', buffer });
    await send();
    await expectStatus('Sent: Your invoice');
    const bar = await page.evaluate(() => window.bar);
    expect(bar).toEqual(bar.toSorted((one, other) => one - other));
    expect(new Set(bar.filter((value) => value > 0 && value < 1)).size).toBeGreaterThan(2);
    expect(await page.getByRole('progressbar').count()).toBe(0);
    expect(gateway.sandbox?.received[0]?.file?.bytes).toHaveLength(buffer.length);
  });

  test.each([
    ['4001', 'characters are too many'],
    ['4002', 'Dashly rejected the value of'],
    ['4005', 'no longer exists'],
    ['401', 'sign in again'],
    ['403', 'may not write here'],
    ['429', 'try again in 2 seconds'],
    ['418', 'TeapotError'],
    ['9001', 'It may have been sent'],
    ['2004', 'Sent.'],
  ])('shows what happened in conversation %s: %s', async (conversationId, said) => {
    const { page, write, send, expectStatus } = await openComposer(conversationId);
    await write('Hello');
    await send();
    await expectStatus(said);
    const isSent = said === 'Sent.';
    expect(await page.getByLabel('Message').inputValue()).toBe(isSent ? '' : 'Hello');
  });

  test('shows that a file is too large', async () => {
    const { page, gateway, send, expectStatus } = await openComposer('1', { UPLOAD_MAX_BYTES: '1048576' });
    const buffer = Buffer.alloc(1_048_577);
    await page.getByLabel('File').setInputFiles({ name: 'invoice.pdf', mimeType: 'application/pdf', buffer });
    await send();
    await expectStatus('The file is larger than 1 MiB');
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test.each([
    [401, 'The token is not valid.', ['Send']],
    [503, 'The connection failed', ['Send again', 'Write another message']],
  ])('if the status is %d, shows "%s" and offers %j', async (status, said, names) => {
    const { page, gateway, write, send, expectStatus } = await openComposer();
    const headers = { 'access-control-allow-origin': '*' };
    await page.route(gateway.url, (route, request) =>
      request.method() === 'POST'
        ? route.fulfill({ status, headers, json: { errors: [{ message: said }] } })
        : route.continue(),
    );
    await write('Hello');
    await send();
    await expectStatus(said);
    expect(await page.locator('form > button').allTextContents()).toEqual(names);
    expect(await page.getByLabel('Message').inputValue()).toBe('Hello');
  });

  test.each([
    ['IdempotencyConflictError', 'UNKNOWN', 'Another message may have been sent instead'],
    ['GatewayUnavailableError', 'NOT_DELIVERED', 'It was not sent'],
    ['PostponedReplyError', 'NOT_DELIVERED', 'It waits until morning'],
  ])('explains %s, and does not send the message with its key again', async (...row) => {
    const [__typename, delivery, said] = row;
    const { page, gateway, write, send, expectStatus } = await openComposer();
    const headers = { 'access-control-allow-origin': '*' };
    const replyToConversation = { __typename, delivery, message: 'It waits until morning.' };
    await page.route(gateway.url, (route, request) =>
      request.method() === 'POST'
        ? route.fulfill({ headers, json: { data: { replyToConversation } } })
        : route.continue(),
    );
    await write('Hello');
    await send();
    await expectStatus(said);
    expect(await page.locator('form > button').allTextContents()).toEqual(['Send']);
  });

  test('sends the same message with the same key again if it may have been sent', async () => {
    const { page, gateway, write, send, expectStatus } = await openComposer('504');
    await write('Hello');
    const keys: unknown[] = [];
    page.on('request', (request) => {
      const [, key] = /"idempotencyKey":"([^"]+)"/.exec(request.postData() ?? '') ?? [];
      if (request.method() === 'POST') keys.push(key);
    });
    await send();
    await expectStatus('It may have been sent');
    expect(await page.getByLabel('Message').isDisabled()).toBe(true);
    await send('Send again');
    await expectStatus('It may have been sent');
    expect(keys.length).toBeGreaterThan(1);
    expect([...new Set(keys)]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    await page.getByRole('button', { name: 'Write another message' }).click();
    expect(await page.getByLabel('Message').isDisabled()).toBe(false);
    expect(gateway.sandbox?.received).toHaveLength(1);
  });

  test('keeps the message and its key if it may have been sent, and sending it again is refused', async () => {
    const { page, gateway, write, send, expectStatus } = await openComposer();
    const keys: unknown[] = [];
    let status = 503;
    const headers = { 'access-control-allow-origin': '*' };
    await page.route(gateway.url, (route, request) => {
      if (request.method() !== 'POST') return route.continue();
      keys.push(/"idempotencyKey":"([^"]+)"/.exec(request.postData() ?? '')?.[1]);
      return route.fulfill({ status, headers, json: { errors: [{ message: 'The token has expired.' }] } });
    });
    await write('Hello');
    await send();
    await expectStatus('The connection failed');
    status = 401;
    await send('Send again');
    await expectStatus('The token has expired.');
    await page.unroute(gateway.url);
    await send('Send again');
    await expectStatus('Sent: Hello');
    expect(new Set(keys).size).toBe(1);
    expect(gateway.sandbox?.received).toHaveLength(1);
  });

  test('shows that the gateway is unreachable, and sends the message again', async () => {
    const { page, gateway, write, send, expectStatus } = await openComposer();
    await page.route(gateway.url, (route) => route.abort());
    await write('Hello');
    await send();
    await expectStatus('The connection failed');
    await page.unroute(gateway.url);
    await send('Send again');
    await expectStatus('Sent: Hello');
    expect(gateway.sandbox?.received).toHaveLength(1);
  });
});
