/** The command `npm run sandbox`. */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { listScenarios } from '../../src/sandbox/scenarios/scenarios.ts';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { watchChild } from '../support/process/watch-child.ts';
import { openEvents } from './pages/open-events.ts';
import { postReply } from './post-reply.ts';

const main = fileURLToPath(new URL('../../src/sandbox/main.ts', import.meta.url));
const children = new Set<ReturnType<typeof run>['child']>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

function run(env: Record<string, string>) {
  const { HOST: _host, PORT: _port, ...rest } = process.env;
  const child = spawn(process.execPath, [main], { env: { ...rest, ...env } });
  children.add(child);
  return { child, ...watchChild(child) };
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'prints everything that a user needs, and closes on %s',
  async (signal) => {
    const { child, output, ended } = run({ PORT: '0' });
    await expect.poll(() => output.out).toContain(listScenarios());
    const url = /listens at (http:\/\/127\.0\.0\.1:\d+)\n/.exec(output.out)?.[1] ?? '';
    expect(output.out).toContain('token is "sandbox"');
    expect((await postReply(url)).status).toBe(200);

    expect(output.out).toContain(`${url}/sandbox\n`);
    const events = await openEvents(url);
    const stalled = expect(postReply(url, { id: '9003' })).rejects.toThrow();
    await expect.poll(() => events.text()).toMatch(/^data: /m);
    child.kill(signal);
    expect(await ended).toBe(0);
    await Promise.all([stalled, events.ended]);
    expect(output.err).toBe('');
  },
);

test('reports a port in use in one line, with exit code 1', async () => {
  const sandbox = await startSandbox();
  const { output, ended } = run({ PORT: String(sandbox.port) });
  expect(await ended).toBe(1);
  expect(output).toEqual({
    out: '',
    err: `Port ${sandbox.port} of 127.0.0.1 is in use; set PORT to another one.\n`,
  });
  await sandbox.close();
});

test.each(['no', '-1', '65536', '4001.5', '1e3'])(
  'reports PORT=%s in one line, with exit code 1',
  async (port) => {
    const { output, ended } = run({ PORT: port });
    expect(await ended).toBe(1);
    expect(output).toEqual({
      out: '',
      err: `The sandbox cannot start: PORT must be an integer between 0 and 65535, but is "${port}".\n`,
    });
  },
);

test('reports a host of another machine in one line, with exit code 1', async () => {
  const { output, ended } = run({ HOST: '192.0.2.1', PORT: '0' });
  expect(await ended).toBe(1);
  expect(output.err).toMatch(/^The sandbox cannot start: .*192\.0\.2\.1.*\n$/);
});
