/** Compares the examples of the page about federation with the tested configuration. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { blocksBelow } from './sections.ts';

test('the configuration of Hive Gateway is the tested one', () => {
  const [block = ''] = blocksBelow('docs/federation.md', 'Hive Gateway', 'ts');
  const run = readFileSync(new URL('../federation/gateway.config.ts', import.meta.url), 'utf8');
  const withoutOpening = (text: string): string => text.slice(text.indexOf('import '));
  expect(withoutOpening(block)).toBe(withoutOpening(run));
});
