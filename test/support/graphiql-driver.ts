/** Drives GraphiQL in a browser as a person does: opens a tab, writes, runs, reads the answer. */

import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** What the editors are called within GraphiQL. */
type Editor = 'operation.graphql' | 'variables.json' | 'request-headers.json' | 'response.json';

declare global {
  interface Window {
    /** Monaco, which GraphiQL hands out. */
    readonly __MONACO?: {
      readonly editor: {
        getModels(): {
          readonly uri: { readonly path: string };
          getValue(): string;
          setValue(text: string): void;
        }[];
      };
    };
  }
}

export function createGraphiQLDriver(page: Page) {
  const read = (editor: Editor) =>
    page.evaluate((name) => {
      const models = window.__MONACO?.editor.getModels() ?? [];
      return models.find(({ uri }) => uri.path.endsWith(name))?.getValue() ?? '';
    }, editor);

  return {
    /** Resolves when it can be used. */
    async open(url: string): Promise<void> {
      await page.goto(url);
      await page.locator('.graphiql-execute-button').waitFor();
      await expect.poll(() => read('operation.graphql')).not.toBe('');
    },
    read,
    async write(editor: Editor, text: string): Promise<void> {
      await page.evaluate(
        ([name, value]) => {
          const models = window.__MONACO?.editor.getModels() ?? [];
          models.find(({ uri }) => uri.path.endsWith(name))?.setValue(value);
        },
        [editor, text] as const,
      );
    },
    /** What a reload starts from, as text; it is written a while after a change. */
    storedTabs: () =>
      page.evaluate(() => {
        const [, tabs] = Object.entries(localStorage).find(([key]) => key.endsWith(':tabState')) ?? [];
        return tabs ?? '';
      }),
    tabs: () => page.locator('.graphiql-tab-button').allTextContents(),
    openTabName: () => page.locator('.graphiql-tab-active .graphiql-tab-button').textContent(),
    openTab: (name: string) => page.locator('.graphiql-tab-button', { hasText: name }).click(),
    run: () => page.getByLabel(/^Execute query/).click(),
    async expectAnswer(text: string): Promise<void> {
      await expect.poll(() => read('response.json')).toContain(text);
    },
    filesPane: page.getByRole('region', { name: 'Files' }),
    /** The input of the place in the variables that is called so. */
    fileInput: (name: string) => page.getByLabel(name, { exact: true }),
  };
}
