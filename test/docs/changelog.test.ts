/** The changelog begins with the version of the packages. */

import { expect, test } from 'vitest';
import { readPage } from './sections.ts';

test('the first heading of CHANGELOG.md is the version of package.json and its date', () => {
  const [, heading = ''] = /^## (.*)$/m.exec(readPage('CHANGELOG.md')) ?? [];
  const [version, date = ''] = heading.split(' - ');
  expect(version).toBe(JSON.parse(readPage('package.json')).version);
  expect(date).toBe(new Date(date).toISOString().slice(0, 10));
});
