/** A real browser for the tests: Debian's Chromium, driven by playwright-core. */

import { existsSync } from 'node:fs';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

const executablePath = '/usr/bin/chromium';

/** For `describe.skipIf`: true where there is no browser, but never in CI, which has to have all parts. */
export const isBrowserMissing = !existsSync(executablePath) && process.env['CI'] !== 'true';

export interface BrowserPage {
  readonly page: Page;
  /** What the page complained of: uncaught errors, and addresses that it asked for in vain. */
  readonly complaints: readonly string[];
}

/** Opens an empty page that ends with the test. */
export async function openPage(options: BrowserContextOptions = {}): Promise<BrowserPage> {
  // As root (in containers) Chromium has no sandbox of its own; and it would call its vendor at every start.
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
  ];
  const browser = await chromium.launch({ executablePath, args });
  onTestFinished(() => browser.close());
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => complaints.push(request.url()));
  return { page, complaints };
}
