/** Drives GraphiQL in a browser: opens a tab, types, runs an operation, reads the response. */

import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** The names of the editors within GraphiQL. */
type Editor = 'operation.graphql' | 'variables.json' | 'request-headers.json' | 'response.json';

declare global {
  interface Window {
    /** Monaco, which GraphiQL exposes. */
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
    /** Resolves when GraphiQL is ready. */
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
    /** The stored text that a reload restores; GraphiQL writes it some time after a change. */
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
    /** The file input for the variable path with this name. */
    fileInput: (name: string) => page.getByLabel(name, { exact: true }),
  };
}
