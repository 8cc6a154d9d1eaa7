/** The commands of the README, started through npm as a person starts them. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { until } from './until.ts';

test.each([
  ['start', /http:\/\/127\.0\.0\.1:\d+\/graphql/],
  ['sandbox', /http:\/\/127\.0\.0\.1:\d+/],
])('npm run %s says where it is, and ends when npm is told to', async (script, address) => {
  const npm = spawn('npm', ['run', script], { env: { ...process.env, PORT: '0' } });
  let output = '';
  npm.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await until(() => expect(output).toMatch(address));
  const url = address.exec(output)?.[0] ?? '';
  expect((await fetch(url)).status).toBeLessThan(500);
  npm.kill('SIGTERM');
  expect(await once(npm, 'exit')).toEqual([0, null]);
  await expect(fetch(url)).rejects.toThrow();
});
