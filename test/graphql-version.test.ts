/** The required version of graphql, which is the one in package.json. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { faultOfGraphql } from '../src/graphql-version.ts';

const { peerDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [, least = ''] = /^\^(\d+\.\d+)\.0$/.exec(peerDependencies.graphql) ?? [];

test.each(['16.14.2', '16.8.0', '15.10.1', '17.0.0', '17.0.0-rc.0'])('%s does not fit', (version) => {
  expect(faultOfGraphql(version)).toBe(
    `The gateway needs graphql ${least} or a later 16, but ${version} is installed: run "npm install graphql@16".`,
  );
});

test.each([`${least}.0`, '16.20.3'])('%s fits', (version) => {
  expect(faultOfGraphql(version)).toBeNull();
});

test('the version of this repository fits', () => {
  expect(faultOfGraphql()).toBeNull();
});
