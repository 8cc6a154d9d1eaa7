/** No page has an accessibility violation that axe can detect. */

import { describe, expect, test, vi } from 'vitest';
import { isBrowserMissing, openPage } from '../../browser.ts';
import { findViolations } from '../../support/find-violations.ts';
import { reply } from '../../support/gateway/reply.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { createGraphiQLDriver } from '../../support/graphiql-driver.ts';
import { startUpstream } from '../../support/upstream/start-upstream.ts';

vi.setConfig({ testTimeout: 180_000 });

/** Violations in parts that GraphiQL and Monaco render, each with its rule. */
const foreign = [
  '.monaco-editor', // color-contrast: the themes of Monaco's text
  '.graphiql-tab', // nested-interactive: the button that closes a tab is inside the tab
  '.graphiql-logo', // color-contrast
];

const screens = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [1360, 390].map((width) => ({
    colorScheme,
    viewport: { width, height: 850 },
    reducedMotion: 'reduce' as const,
  })),
);

describe.skipIf(isBrowserMissing).each(screens)(
  'In $colorScheme, $viewport.width pixels wide (needs /usr/bin/chromium)',
  (screen) => {
    test('the front page', async () => {
      const { origin } = await startGateway();
      const { page } = await openPage(screen);
      await page.goto(origin);
      expect(await findViolations(page)).toEqual([]);
    });

    test('the sandbox: a list, both views of a conversation, refused replies, and all collapsible content', async () => {
      const gateway = await startGateway();
      const { page } = await openPage(screen);
      const send = (input: object) => reply(gateway, { conversationId: '1', ...input }, '__typename');
      const visit = async (path: string) => {
        await page.goto(`${gateway.origin}/sandbox${path}`);
        if (path !== '/nowhere') await page.getByText('Conversations to try').click();
        expect([path, await findViolations(page)]).toEqual([path, []]);
      };
      await visit('');
      await send({ conversationId: '7', body: 'Files' });
      for (let count = 1; count <= 12; count++)
        await send({ body: `Number ${count}`, from: { default: 'USER' } });
      await send({
        body: 'A note',
        from: { adminId: '8164' },
        type: 'NOTE',
        autoAssign: { adminId: '8164' },
      });
      await send({
        body: 'A question',
        actions: [
          { quickReply: { body: 'Yes', metaData: { callback: true } } },
          { quickReply: { body: 'No' } },
        ],
        bodyJson: { a: 1 },
        externalId: 'order-17',
      });
      for (let count = 1; count <= 12; count++)
        await send({ conversationId: '4002', body: `Refused ${count}` });
      await send({ conversationId: '77', body: 'Unknown' });
      for (const path of ['', '/conversations/7', '/conversations/4002', '/nowhere']) await visit(path);
    });

    test('GraphiQL: with a response, with the pane of files, and with a real Dashly', async () => {
      const gateway = await startGateway();
      const { page } = await openPage(screen);
      const graphiql = createGraphiQLDriver(page);
      await graphiql.open(gateway.url);
      await graphiql.run();
      await graphiql.expectAnswer('ReplyToConversationPayload');
      const all = [await findViolations(page, foreign)];
      await graphiql.openTab('SendAttachment');
      await graphiql.filesPane.getByText('required').waitFor();
      all.push(await findViolations(page, foreign));
      const file = {
        name: 'much too large.bin',
        mimeType: 'application/x-test',
        buffer: Buffer.alloc(11_000_000),
      };
      await graphiql.fileInput('$file').setInputFiles(file);
      await graphiql.filesPane.getByText('Larger than').waitFor();
      all.push(await findViolations(page, foreign));
      await graphiql.openTab('LeaveNote');
      await graphiql.filesPane.getByText('This operation has no file variable').waitFor();
      all.push(await findViolations(page, foreign));

      const upstream = await startUpstream();
      const live = await startGateway({ DASHLY_API_URL: upstream.url });
      await graphiql.open(live.url);
      all.push(await findViolations(page, foreign));
      expect(all.flat()).toEqual([]);
    });
  },
);
