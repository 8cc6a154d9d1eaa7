/** A real browser for the tests: Debian's Chromium, driven by playwright-core. */

import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { isMissing } from './support/is-missing.ts';

const executablePath = '/usr/bin/chromium';

export const isBrowserMissing = isMissing(executablePath);

export interface BrowserPage {
  readonly page: Page;
  /** Errors of the page: uncaught errors, and addresses that could not be loaded. */
  readonly complaints: readonly string[];
}

/** Opens an empty page, which is closed at the end of the test. */
export async function openPage(options: BrowserContextOptions = {}): Promise<BrowserPage> {
  // As root (in containers) Chromium's own sandbox does not work; and by default it contacts its vendor at every start.
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

/** Simulates a slow network. */
export async function limitUploads(page: Page, bytesPerSecond: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond },
  });
}
