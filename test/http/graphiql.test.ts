/** GraphiQL as a person meets it, in a real browser. */

import { describe, expect, test } from 'vitest';
import { isBrowserMissing, openPage } from '../browser.ts';
import { startGateway } from '../start-gateway.ts';

describe.skipIf(isBrowserMissing)('GraphiQL (needs /usr/bin/chromium)', () => {
  test('opens with a reply that runs, and asks no other host for anything', { timeout: 30_000 }, async () => {
    const gateway = await startGateway();
    const { page, complaints } = await openPage();
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));

    await page.goto(gateway.url);
    await page.locator('.graphiql-execute-button').click();

    const answer = page.locator('.result-window');
    await expect
      .poll(() => answer.textContent(), { timeout: 15_000 })
      .toContain('ReplyToConversationPayload');
    expect(gateway.sandbox?.received.map(({ fields }) => fields)).toEqual([
      [
        ['id_as_string', 'true'],
        ['from_admin', 'default_admin'],
        ['body', 'How can I help you?'],
      ],
    ]);
    expect(complaints).toEqual([]);
    expect([...hosts].filter((host) => host !== new URL(gateway.url).host && host !== '')).toEqual([]);
  });
});
