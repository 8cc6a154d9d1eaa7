/** The npm scripts that start a server. */

import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { watchChild } from './support/process/watch-child.ts';

test.each([
  ['start', /http:\/\/127\.0\.0\.1:\d+\/graphql/],
  ['sandbox', /http:\/\/127\.0\.0\.1:\d+/],
])('npm run %s prints its address, and stops when npm is stopped', async (script, address) => {
  const npm = spawn('npm', ['run', script], { env: { ...process.env, PORT: '0' } });
  const { output, ended, written } = watchChild(npm);
  await written(address);
  const url = address.exec(output.out)?.[0] ?? '';
  expect((await fetch(url)).status).toBeLessThan(500);
  npm.kill('SIGTERM');
  expect(await ended).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
});
