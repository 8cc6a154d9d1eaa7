/** The pages of the sandbox in a real browser. */

import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import { isBrowserMissing, openPage } from '../../browser.ts';
import { freePort } from '../../support/free-port.ts';
import { reply } from '../../support/gateway/reply.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { createGraphiQLDriver } from '../../support/graphiql-driver.ts';
import { postReply } from '../post-reply.ts';

/** A gateway, a page in a browser, and the errors that the browser reports. */
async function start(options: BrowserContextOptions = {}) {
  const gateway = await startGateway();
  const { page, complaints } = await openPage(options);
  const messages: string[] = [];
  page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
  const customer = page.getByRole('log', { name: 'What the customer sees' });
  const agent = page.getByRole('log', { name: 'What an agent sees' });
  const send = (input: object) =>
    reply(gateway, { conversationId: '1', ...input }, '__typename ... on ReplyError { message }');
  return { gateway, origin: gateway.origin, page, complaints, messages, customer, agent, send };
}

const question = {
  body: 'Shall we call you back?',
  from: { adminId: '8164' },
  actions: [{ quickReply: { body: 'Yes', metaData: { callback: true } } }, { quickReply: { body: 'No' } }],
};

async function isLive(page: Page): Promise<void> {
  await expect.poll(() => page.getByRole('status').textContent()).toBe('Live');
}

function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

describe.skipIf(isBrowserMissing)('the pages of the sandbox (need /usr/bin/chromium)', () => {
  test('shows a question from GraphiQL on the open page, and answers it with a button', async () => {
    const { gateway, origin, page, customer, agent, complaints, messages } = await start();
    await page.goto(`${origin}/sandbox`);
    await isLive(page);
    await page.getByRole('main').getByRole('link', { name: 'GraphiQL' }).waitFor();
    const { page: window } = await openPage();
    const explorer = createGraphiQLDriver(window);
    await explorer.open(gateway.url);
    await explorer.openTab('AskWithQuickReplies');
    await explorer.run();
    await explorer.expectAnswer('ReplyToConversationPayload');
    for (const side of [customer, agent]) await side.getByText('Shall we call you back?').waitFor();

    await customer.getByRole('button', { name: 'Yes' }).click();
    await expect
      .poll(() => customer.locator('#customer-new ~ .mine .text').allTextContents())
      .toEqual(['Yes']);
    await agent.locator('.visitor').getByText('{"callback":true}').waitFor();
    expect(complaints).toEqual([]);
    expect(messages).toEqual([]);
  });

  test('clicks a button with the keyboard, shows the answer in both views, and keeps the focus in the chat', async () => {
    const { origin, page, customer, agent, send, messages } = await start();
    await page.goto(`${origin}/sandbox`);
    await isLive(page);
    await send(question);
    const yes = page.getByRole('group', { name: 'Quick replies' }).getByRole('button', { name: 'Yes' });
    await yes.waitFor();
    expect(await agent.getByRole('button').count()).toBe(0);

    await customer.focus();
    await page.keyboard.press('Tab');
    expect(await yes.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');

    await agent.getByText('{"callback":true}').nth(1).waitFor();
    await expect
      .poll(() => customer.locator('#customer-new ~ .mine .text').allTextContents())
      .toEqual(['Yes']);
    expect(await agent.locator('#agent-new ~ .visitor .text').allTextContents()).toEqual(['Yes']);
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await customer.evaluate((log) => log === document.activeElement)).toBe(true);
    expect(page.url()).toBe(`${origin}/sandbox`);
    expect(messages).toEqual([]);
  });

  test('shows notes and assignments to the agent only', async () => {
    const { origin, page, customer, agent, send } = await start();
    await page.goto(`${origin}/sandbox`);
    await isLive(page);
    await send({ body: 'Between us', from: { default: 'ADMIN' }, type: 'NOTE' });
    await send({ body: 'For all', from: { default: 'ADMIN' }, autoAssign: { adminId: '15' } });
    await agent.getByText('Assigned to Admin 15').waitFor();
    await customer.getByText('For all').waitFor();
    expect(await agent.textContent()).toContain('Between us');
    expect(await customer.textContent()).not.toMatch(/Between us|Assigned/);
  });

  test('keeps elements, focus, open details and the scroll position on an update', async () => {
    const { origin, page, agent, send } = await start({ viewport: { width: 1200, height: 500 } });
    for (let index = 1; index <= 12; index++) await send({ body: `number ${index}.` });
    await page.goto(`${origin}/sandbox/conversations/1`);
    await isLive(page);
    const atEnd = () =>
      agent.evaluate((log) => {
        const end = log.querySelector('li:last-child')?.getBoundingClientRect().bottom ?? 0;
        return end <= log.getBoundingClientRect().bottom;
      });
    expect(await atEnd()).toBe(true);
    await send({ body: 'number 13.' });
    await agent.getByText('number 13.').waitFor();
    await expect.poll(atEnd).toBe(true);

    const first = agent.locator('#agent-new ~ li').first();
    await first.getByText('Details').click();
    await first.getByText('number 1.').evaluate((text) => text.scrollIntoView({ block: 'start' }));
    await page.evaluate(() => {
      Object.assign(document.querySelector('#agent-new ~ li') ?? {}, { wasHere: true });
      const link = document.querySelector<HTMLElement>('#l1');
      link?.focus({ preventScroll: true });
    });
    const before = await first.boundingBox();
    await send({ body: 'elsewhere', conversationId: '2' });
    await send({ body: 'number 14.' });
    await send({ body: 'elsewhere again', conversationId: '2' });
    await agent.getByText('number 14.').waitFor();
    await page.getByRole('navigation').getByText('elsewhere again').waitFor();
    expect((await first.boundingBox())?.y).toBeCloseTo(before?.y ?? 0, -1);
    expect(await first.locator('details').getAttribute('open')).toBe('');
    expect(await first.evaluate((item) => 'wasHere' in item)).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('l1');
    expect(await page.getByRole('navigation').getByRole('link').allTextContents()).toEqual([
      expect.stringContaining('Conversation 2'),
      expect.stringContaining('Conversation 1'),
    ]);
  });

  test('announces each new message once, in the agent view only', async () => {
    const { origin, page, customer, agent, send } = await start();
    await send({ body: 'before' });
    await page.goto(`${origin}/sandbox`);
    await isLive(page);
    await page.evaluate(() => {
      const log = document.querySelector('#agent-log');
      const added: string[] = [];
      Object.assign(window, { added });
      new MutationObserver((records) => {
        for (const { addedNodes } of records) {
          for (const node of addedNodes)
            if (node instanceof Element) added.push(node.querySelector('.text')?.textContent ?? '');
        }
      }).observe(log ?? document, { childList: true, subtree: true });
    });
    for (const body of ['one', 'two']) await send({ body });
    await agent.getByText('two').waitFor();
    expect(await page.evaluate(() => (window as unknown as { added: string[] }).added)).toEqual([
      'one',
      'two',
    ]);
    expect(await agent.getAttribute('aria-live')).toBe('polite');
    expect(await customer.getAttribute('aria-live')).toBe('off');
  });

  test('shows a refused reply on the open page, with its parameters', async () => {
    const { origin, page, send, complaints, messages } = await start();
    await page.goto(`${origin}/sandbox`);
    await isLive(page);
    const refused = page.getByRole('log', { name: 'Refused and failed replies' });
    await refused.getByText('Nothing yet.').waitFor();
    await send({ conversationId: '4001', body: 'Is this too long?' });
    await refused.getByText('HTTP 400, ReplyTooBig').waitFor();
    await refused.getByText('Is this too long?').waitFor();
    expect(await refused.getByText('Nothing yet.').count()).toBe(0);
    await send({ conversationId: '77', body: 'Where is this?' });
    await refused.getByText('Conversation 77').waitFor();
    await refused.getByRole('link', { name: 'Conversation 4001' }).click();
    await page.getByRole('heading', { name: 'Conversation 4001' }).waitFor();
    await refused.getByText('Where is this?').waitFor();
    expect(complaints.filter((it) => !it.endsWith('/events'))).toEqual([]);
    expect(messages).toEqual([]);
  });

  test('works without the script', async () => {
    const { origin, page, customer, agent, send } = await start({ javaScriptEnabled: false });
    await send({ conversationId: '2', body: 'elsewhere' });
    await send(question);
    await page.goto(`${origin}/sandbox`);
    await customer.getByRole('button', { name: 'No' }).click();
    await page.waitForURL(`${origin}/sandbox/conversations/1`);
    expect(await customer.locator('#customer-new ~ .mine .text').allTextContents()).toEqual(['No']);
    expect(await agent.locator('#agent-new ~ .visitor .text').allTextContents()).toEqual(['No']);
    expect(await page.getByRole('button').count()).toBe(0);
    await page.getByRole('link', { name: /Conversation 2/ }).click();
    await customer.getByText('elsewhere').waitFor();
    await page.getByText('Conversations to try').click();
    await page.getByRole('table').first().getByRole('link', { name: '1', exact: true }).click();
    await page.getByRole('heading', { name: 'Conversation 1' }).waitFor();
  });

  test('reconnects when the server restarts', async () => {
    const sandbox = await startSandbox({ port: await freePort() });
    const { page } = await openPage();
    await page.goto(`${sandbox.url}/sandbox`);
    await isLive(page);
    await sandbox.close();
    await expect.poll(() => page.getByRole('status').textContent()).toBe('Reconnecting…');
    const again = await startSandbox({ port: sandbox.port });
    onTestFinished(() => again.close());
    await expect.poll(() => page.getByRole('status').textContent()).toBe('Live');
    await postReply(again.url, { fields: { body: 'After the break' } });
    await page.getByRole('log').first().getByText('After the break').waitFor();
  });

  test('retries after a 503', async () => {
    const { origin, page, customer, send } = await start();
    await page.goto(`${origin}/sandbox`);
    await isLive(page);
    await page.route(`${origin}/sandbox`, (route) => route.fulfill({ status: 503 }), { times: 1 });
    await send({ body: 'Shown later' });
    await customer.getByText('Shown later').waitFor();
  });

  test('closes the event stream of a hidden page, and updates it once it is visible', async () => {
    const { origin, page, customer, send, complaints } = await start();
    await page.goto(`${origin}/sandbox`);
    await isLive(page);
    const setHidden = (isHidden: boolean) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, isHidden);
    await setHidden(true);
    await expect.poll(() => complaints).toEqual([`${origin}/sandbox/events`]);
    await send({ body: 'Meanwhile' });
    expect(await customer.textContent()).not.toContain('Meanwhile');
    await setHidden(false);
    await customer.getByText('Meanwhile').waitFor();
    await send({ body: 'Live again' });
    await customer.getByText('Live again').waitFor();
  });

  test.each<[name: string, options: BrowserContextOptions]>([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['narrow', { viewport: { width: 360, height: 740 } }],
    ['with less motion', { reducedMotion: 'reduce', viewport: { width: 800, height: 600 } }],
  ])('%s: nothing overflows, and nothing violates the policy', async (_name, options) => {
    const { origin, page, customer, send, messages, complaints } = await start(options);
    const word = 'W'.repeat(300);
    await send({ body: word, externalId: word, from: { default: 'USER' } });
    await send({
      ...question,
      body: `${word} <script>alert(1)</script>`,
      actions: [{ quickReply: { body: word } }],
    });
    await send({ ...question, bodyJson: { [word]: word } });
    await send({ conversationId: '7', body: 'Files' });
    await send({ conversationId: '4001', body: word, externalId: word, bodyJson: { [word]: word } });
    for (const path of ['/conversations/7', '/conversations/401', '']) {
      await page.goto(`${origin}/sandbox${path}`);
      await isLive(page);
      await page.getByText('Conversations to try').click();
      expect(await overflowOf(page)).toBe(0);
      const logs = await page
        .getByRole('log')
        .evaluateAll((all) => all.map((it) => it.scrollWidth - it.clientWidth));
      expect(logs).toEqual([0, 0, 0]);
    }
    await page.goto(`${origin}/sandbox/conversations/1`);
    await isLive(page);
    await customer.getByRole('button', { name: word }).click();
    await expect.poll(() => customer.locator('#customer-new ~ .mine').count()).toBe(2);
    expect(await overflowOf(page)).toBe(0);
    expect(messages).toEqual([]);
    expect(complaints.filter((it) => !it.endsWith('/events'))).toEqual([]);
  });

  test.each(['light', 'dark'] as const)(
    '%s: every text has the contrast of WCAG level AA',
    async (colorScheme) => {
      const { origin, page, send } = await start({ colorScheme, reducedMotion: 'reduce' });
      await send({ body: 'Mine. '.repeat(500), from: { default: 'USER' } });
      await send({ body: 'A note', from: { default: 'ADMIN' }, type: 'NOTE' });
      await send({ ...question, autoAssign: { adminId: '15' } });
      await send({ conversationId: '4002', body: 'Refused' });
      for (const path of ['/conversations/1', '/conversations/2', '/nowhere']) {
        await page.goto(`${origin}/sandbox${path}`);
        const poor = await page.evaluate(() => {
          const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const luminance = (color: string): number => {
            if (!canvas) return 0;
            canvas.fillStyle = color;
            canvas.fillRect(0, 0, 1, 1);
            const [r = 0, g = 0, b = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((it) => {
              const share = it / 255;
              return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const behind = (element: Element | null): string => {
            for (let it = element; it; it = it.parentElement) {
              const { backgroundColor } = getComputedStyle(it);
              if (backgroundColor !== 'rgba(0, 0, 0, 0)') return backgroundColor;
            }
            return 'white';
          };
          return [...document.querySelectorAll('body *')]
            .filter((it) =>
              [...it.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()),
            )
            .filter((it) => it.tagName !== 'SCRIPT' && it.checkVisibility())
            .map((it) => {
              const [dark = 0, bright = 0] = [
                luminance(getComputedStyle(it).color),
                luminance(behind(it)),
              ].toSorted((a, b) => a - b);
              return { text: it.textContent?.slice(0, 40), contrast: (bright + 0.05) / (dark + 0.05) };
            })
            .filter(({ contrast }) => contrast < 4.5);
        });
        expect(poor).toEqual([]);
      }
    },
  );

  test('has the structure that screen readers need', async () => {
    const { origin, page, send } = await start();
    await send({ ...question, autoAssign: { adminId: '15' } });
    await page.goto(`${origin}/sandbox`);
    await isLive(page);
    const snapshot = await page.locator('body').ariaSnapshot();
    expect(snapshot.replaceAll(/(?<=time: ).*/g, '12:34')).toBe(
      `
- link "Skip to the conversation":
  - /url: "#conversation"
- banner:
  - heading "Dashly sandbox" [level=1]:
    - link "Dashly sandbox":
      - /url: ./sandbox
  - status: Live
  - link "GraphiQL":
    - /url: ./graphql
- navigation "Conversations":
  - heading "Conversations" [level=2]
  - list:
    - listitem:
      - link "Conversation 1 1 new message Shall we call you back?":
        - /url: ./sandbox/conversations/1
- main:
  - heading "Conversation 1 the documented response" [level=2]
  - region "What the customer sees":
    - heading "What the customer sees" [level=3]
    - log "What the customer sees":
      - list:
        - listitem:
          - paragraph:
            - text: You,
            - time: 12:34
          - paragraph: Hello! Is anybody there?
        - listitem:
          - paragraph:
            - text: Admin 8164,
            - time: 12:34
          - paragraph: Yes, how can we help you?
        - listitem: New messages
        - listitem:
          - paragraph:
            - text: Admin 8164,
            - time: 12:34
          - paragraph: Shall we call you back?
          - group "Quick replies":
            - button "Yes"
            - button "No"
  - region "What an agent sees":
    - heading "What an agent sees" [level=3]
    - log "What an agent sees":
      - list:
        - listitem:
          - paragraph:
            - text: Visitor,
            - time: 12:34
          - paragraph: Hello! Is anybody there?
          - group: Details
        - listitem:
          - text: Assigned to Admin 8164,
          - time: 12:34
        - listitem:
          - paragraph:
            - text: Admin 8164,
            - time: 12:34
          - paragraph: Yes, how can we help you?
          - group: Details
        - listitem:
          - paragraph:
            - text: Admin 8164,
            - time: 12:34
            - text: ", internal note"
          - paragraph: This visitor has written before.
          - group: Details
        - listitem: New messages
        - listitem:
          - paragraph:
            - text: Admin 8164,
            - time: 12:34
          - paragraph: Shall we call you back?
          - list "Buttons":
            - listitem:
              - text: "Yes"
              - code: "{\\"callback\\":true}"
            - listitem: "No"
          - group: Details
        - listitem:
          - text: Assigned to Admin 15,
          - time: 12:34
  - region "Refused and failed replies":
    - heading "Refused and failed replies of all conversations; nothing was created" [level=3]
    - log "Refused and failed replies":
      - list:
        - listitem: Nothing yet.
  - group: "Conversations to try: the id selects what Dashly does"`.trim(),
    );
  });
});
