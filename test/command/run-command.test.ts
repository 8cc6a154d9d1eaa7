/** The arguments of the command. */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runNode } from '../support/process/run-node.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

const run = (args: readonly string[], environment?: Record<string, string>) =>
  runNode([main, ...args], environment);

test.each(['--help', '-h'])('%s prints each option', async (option) => {
  const { code, out, err } = await run([option], { PORT: 'wrong' });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const name of ['--check-config', '--help', '--version']) expect(out).toContain(name);
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
});

test.each(['--version', '-v'])('%s prints the version of the package', async (option) => {
  expect(await run([option], { PORT: 'wrong' })).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test.each([
  [['--port=80'], "Unknown option '--port'."],
  [['-x'], "Unknown option '-x'."],
  [['start'], "Unexpected argument 'start'."],
  [['toString'], "Unexpected argument 'toString'."],
  [['--check-config', 'file.env'], "Unexpected argument 'file.env'."],
  [['--version=1'], "Option '-v, --version' does not take an argument."],
])('refuses %j', async (args, line) => {
  expect(await run(args)).toEqual({ code: 2, out: '', err: `${line} See --help.\n` });
});

describe('--check-config', () => {
  test('reports a valid configuration, and does not start the gateway', async () => {
    const asked: string[] = [];
    const server = createServer((socket) => {
      asked.push('a connection');
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address ? String(address.port) : '';
    const environment = { PORT: port, REDIS_URL: `redis://127.0.0.1:${port}`, METRICS_PORT: '0' };
    expect(await run(['--check-config'], environment)).toEqual({
      code: 0,
      out: 'The configuration is valid.\n',
      err: '',
    });
    expect(asked).toEqual([]);
  });

  test('lists all faults at once, also those between variables', async () => {
    const { code, out, err } = await run(['--check-config'], {
      PORT: 'x',
      NODE_ENV: 'prod',
      JWT_ISSUER: 'https://login.example',
      SHUTDOWN_DELAY_MS: '30000',
      DASHLY_URL: 'https://api.dashly.app',
    });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.trimEnd().split('\n')).toEqual([
      'DASHLY_URL is not a variable of the gateway and has no effect.',
      'PORT must be an integer between 0 and 65535, but is "x".',
      'NODE_ENV must be one of production, development, test, but is "prod".',
      'JWT_ISSUER requires DASHLY_TOKEN: without it, clients send their own tokens for Dashly.',
      'SHUTDOWN_DELAY_MS must be less than SHUTDOWN_TIMEOUT_MS; otherwise requests in flight are aborted.',
    ]);
  });
});
