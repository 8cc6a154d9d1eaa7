/** Looks for what keeps people from using a page, with all rules of axe, its best practices among them. */

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

/** One line for each element at fault. What is inside of `excluded` selectors is not looked at. */
export async function findViolations(page: Page, excluded: readonly string[] = []): Promise<string[]> {
  // Evaluated by the browser's debugger, which the page's Content Security Policy does not stop.
  await page.evaluate(source);
  return page.evaluate(async (exclude) => {
    const { violations } = await window.axe.run({ exclude: [...exclude] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    );
  }, excluded);
}
