/** Finds accessibility violations on a page by all rules of axe, including its best practices. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}

/** One line for each violating element. Elements inside `excluded` selectors are ignored. */
export async function findViolations(page: Page, excluded: readonly string[] = []): Promise<string[]> {
  // Evaluated through the browser's debugger, which the Content Security Policy of the page does not block.
  await page.evaluate(source);
  return page.evaluate(async (exclude) => {
    const { violations } = await window.axe.run({ exclude: [...exclude] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    );
  }, excluded);
}
