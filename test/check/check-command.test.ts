/** The command `check`: its options, its question, its output and its exit codes. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkCommand } from '../../src/check/check-command.ts';
import { findSecrets } from '../support/find-secrets.ts';
import { makeTemporaryFolder } from '../support/make-temporary-folder.ts';
import { runNode } from '../support/process/run-node.ts';
import { startHttpsServer, trust } from '../support/proxy/start-https-server.ts';
import { isTinyproxyMissing, startTinyproxy } from '../support/proxy/start-tinyproxy.ts';
import { conversationId, type StandIn, standInToken, startStandIn } from './start-stand-in.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const run = (args: readonly string[], environment?: Record<string, string>) =>
  runNode([main, 'check', ...args], environment);

test('prints each fact about the sandbox, and exits with 0', async () => {
  const environment = { DASHLY_API_URL: 'sandbox', DASHLY_TOKEN: 'sandbox', PORT: 'wrong' };
  const { code, out, err } = await run(['--conversation', '1', '--yes'], environment);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^dashly-graphql-gateway \d+\.\d+\.\d+, Node\.js \d+\.\d+\.\d+, the sandbox\n/);
  expect(out).toMatch(/\n {2}ok +random_id +as sent\n/);
  expect(out).toMatch(/\n\d\d as documented, 0 different\.\n$/);
});

test('exits with 1 if anything differs, and says what is documented', async () => {
  const environment = { DASHLY_API_URL: 'sandbox', DASHLY_TOKEN: 'sandbox' };
  const { code, out, err } = await run(['--conversation=2', '-y'], environment);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toMatch(/\n {2}differs {2}id +a long number \(documented: an id in a string\)\n/);
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
});

test('exits with 1 if Dashly is not reachable', async () => {
  const environment = { DASHLY_API_URL: 'http://127.0.0.1:9', DASHLY_TOKEN: standInToken };
  const { code, out, err } = await run(['--conversation=2', '--yes'], environment);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toContain('none, or incomplete (documented: complete)');
});

test('--help prints the options', async () => {
  const { code, out, err } = await run(['--help']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const word of ['--conversation', '--yes', 'DASHLY_TOKEN', 'DASHLY_API_URL'])
    expect(out).toContain(word);
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  expect((await runNode([main, '--help'])).out).toMatch(/\n {2}check {4}/);
});

describe('wrong usage', () => {
  const token = { DASHLY_TOKEN: standInToken };
  const needsId = '--conversation must be the id of a conversation, such as 1447294760.';

  test.each<[args: string[], environment: Record<string, string>, faults: string[]]>([
    [[], {}, [needsId, 'DASHLY_TOKEN must be set.']],
    [['--yes'], token, [needsId]],
    [['--conversation', 'abc', '--yes'], token, [needsId]],
    [['--conversation', '0', '--yes'], token, [needsId]],
    [['--conversation', '1', '--yes'], { DASHLY_TOKEN: '' }, ['DASHLY_TOKEN must be set.']],
    [
      ['--conversation', '1', '--yes'],
      { DASHLY_TOKEN: `Token ${standInToken}` },
      ['DASHLY_TOKEN must be the token alone, without "Token" or spaces.'],
    ],
    [
      ['--conversation', '1', '--yes'],
      { DASHLY_TOKEN_FILE: '/nowhere' },
      ['DASHLY_TOKEN_FILE must be the path of a readable file (ENOENT).'],
    ],
    [
      ['--conversation', '1', '--yes'],
      { ...token, DASHLY_API_URL: 'api.dashly.app' },
      [
        'DASHLY_API_URL must be a URL such as https://api.dashly.app/v2, or the word sandbox, but is "api.dashly.app".',
      ],
    ],
    [
      ['--conversation', '1', '--yes'],
      { ...token, HTTPS_PROXY: standInToken },
      ['HTTPS_PROXY must be a URL such as http://proxy:3128 or http://user:password@proxy:3128.'],
    ],
    [
      ['--conversation', '1', '--yes'],
      { ...token, HTTPS_PROXY_FILE: '/nowhere' },
      ['HTTPS_PROXY_FILE must be the path of a readable file (ENOENT).'],
    ],
    [['--admin=5'], token, ["Unknown option '--admin'."]],
    [['1'], token, ["Unexpected argument '1'."]],
  ])('%j with %j exits with 2', async (args, environment, faults) => {
    const { code, out, err } = await run(args, environment);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.split('\n')).toEqual([...faults, 'See check --help.', '']);
    expect(findSecrets(err, { token: standInToken })).toEqual([]);
  });
});

/** Runs the command with a terminal on which this is typed; null for no terminal. */
async function runOnTerminal(standIn: StandIn, typed: string | null, args: readonly string[] = []) {
  const stdin = Object.assign(new PassThrough(), { isTTY: typed !== null });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  stdin.end(typed ?? '');
  const environment = { DASHLY_API_URL: standIn.url.href, DASHLY_TOKEN: standInToken };
  const code = await checkCommand(['--conversation', conversationId, ...args], environment, {
    stdin,
    stdout,
    stderr,
  });
  stdout.end();
  stderr.end();
  return { code, out: await text(stdout), err: await text(stderr) };
}

describe('the question', () => {
  const question = (host: string) =>
    `Send one internal note, which only admins see, to conversation ${conversationId} at ${host}? [y/N] `;

  test.each(['y\n', 'YES\n', ' y \n'])('sends after %j', async (typed) => {
    const standIn = await startStandIn();
    const { code, out, err } = await runOnTerminal(standIn, typed);
    expect(code).toBe(0);
    expect(err).toBe(question(standIn.url.host));
    expect(out).toContain('0 different.');
    expect(standIn.calls.filter((call) => call === 'answer')).toHaveLength(1);
  });

  test.each(['n\n', '\n', 'yesterday\n', ''])('sends nothing after %j', async (typed) => {
    const standIn = await startStandIn();
    const { code, out, err } = await runOnTerminal(standIn, typed);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(`${question(standIn.url.host)}Nothing was sent.\n`);
    expect(standIn.calls).toEqual([]);
  });

  test('is not asked without a terminal: nothing is sent', async () => {
    const standIn = await startStandIn();
    expect(await runOnTerminal(standIn, null)).toEqual({
      code: 2,
      out: '',
      err: 'Nothing was sent: without a terminal, confirm with --yes.\n',
    });
    expect(standIn.calls).toEqual([]);
  });

  test('is not asked with --yes', async () => {
    const standIn = await startStandIn();
    expect(await runOnTerminal(standIn, null, ['--yes'])).toMatchObject({ code: 0, err: '' });
  });
});

describe.skipIf(isTinyproxyMissing)('with tinyproxy (needs tinyproxy)', () => {
  test.each([
    ['', true],
    ['localhost', false],
  ])('with the NO_PROXY %j, Dashly is reached through the proxy: %j', async (NO_PROXY, isTunnelled) => {
    const dashly = await startHttpsServer((_request, response) => response.writeHead(404).end());
    trust(dashly.cert);
    const proxy = await startTinyproxy();
    const stdin = Object.assign(new PassThrough(), { isTTY: false });
    const [stdout, stderr] = [new PassThrough().resume(), new PassThrough()];
    const environment = {
      DASHLY_API_URL: dashly.url,
      DASHLY_TOKEN: standInToken,
      HTTPS_PROXY: proxy.url,
      NO_PROXY,
    };
    expect(await checkCommand(['--conversation=1', '-y'], environment, { stdin, stdout, stderr })).toBe(1);
    expect(dashly.requests.length).toBeGreaterThan(2);
    expect(new Set(proxy.targets())).toEqual(new Set(isTunnelled ? [dashly.host] : []));
  });
});

test('reads the token from a file', async () => {
  const file = join(makeTemporaryFolder(), 'token');
  writeFileSync(file, `${standInToken}\n`);
  const standIn = await startStandIn();
  const environment = { DASHLY_API_URL: standIn.url.href, DASHLY_TOKEN_FILE: file };
  expect(await run(['--conversation', conversationId, '--yes'], environment)).toMatchObject({ code: 0 });
});
