/** The log on stdout: complete if it is read, bounded in memory and in time if it is not. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const stdoutModule = fileURLToPath(new URL('../../src/telemetry/stdout.ts', import.meta.url));

/** Runs a program that writes `lines` numbered lines; its stderr contains the duration of the exit in milliseconds. */
function run(code: string, stdout: 'pipe' | number = 'pipe', lines = 50_000): ChildProcess {
  const program = `
    import { openStdout } from ${JSON.stringify(stdoutModule)};
    const stdout = openStdout((count) => stdout.write(count + ' dropped\\n'));
    for (let n = 0; n < ${lines}; n++) stdout.write(n + ' ${'ä'.repeat(25)}\\n');
    let began = performance.now();
    process.on('exit', () => console.error(Math.round(performance.now() - began)));
    ${code}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', stdout, 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** In milliseconds: enough on an overloaded machine. Without a limit, the process would never end. */
const aboutASecond = 5_000;

/** How a process can end. */
const ways: [way: string, code: string][] = [
  ['after closing the log', 'await stdout.close(); process.exit(7);'],
  ['by process.exit', 'process.exit(7);'],
  ['because no work is left', 'process.exitCode = 7;'],
];

async function endOf(child: ChildProcess): Promise<{ code: number; milliseconds: number }> {
  const [milliseconds, [code]] = await Promise.all([text(child.stderr as Readable), once(child, 'exit')]);
  return { code, milliseconds: Number(milliseconds) };
}

function expectNumbered(lines: readonly string[], count: number): void {
  expect(lines).toHaveLength(count);
  expect(lines.every((line, index) => line.startsWith(`${index} ä`))).toBe(true);
}

test.each(ways)('a file gets all lines of a process that ends %s', async (_way, code) => {
  const directory = mkdtempSync(join(tmpdir(), 'dashly-log-'));
  const path = join(directory, 'log');
  const descriptor = openSync(path, 'a');
  onTestFinished(() => {
    closeSync(descriptor);
    rmSync(directory, { recursive: true });
  });
  expect(await endOf(run(code, descriptor))).toMatchObject({ code: 7 });
  expectNumbered(readFileSync(path, 'utf8').split('\n').slice(0, -1), 50_000);
});

test.each([
  ['after closing the log', 'await stdout.close(); process.exit(7);', 50_000],
  // After process.exit a full pipe accepts one bufferful every 100 ms, hence fewer lines.
  ['by process.exit', 'process.exit(7);', 10_000],
])('a pipe gets all lines of a process that ends %s', async (_way, code, count) => {
  const child = run(code, 'pipe', count);
  const [output, end] = await Promise.all([text(child.stdout as Readable), endOf(child)]);
  expect(end).toMatchObject({ code: 7 });
  expectNumbered(output.split('\n').slice(0, -1), count);
});

test('a line is written without waiting for more lines', async () => {
  const child = run('setInterval(() => {}, 1_000);', 'pipe', 1);
  const [line] = await once(child.stdout ?? child, 'data');
  expect(String(line)).toMatch(/^0 ä+\n$/);
});

test('lines arrive at a slow reader while the process runs', async () => {
  const child = run('setInterval(() => {}, 1_000);');
  let count = 0;
  for await (const chunk of child.stdout ?? []) {
    count += String(chunk).split('\n').length - 1;
    if (count >= 50_000) break;
    // Meanwhile the pipe is full.
    await delay(10);
  }
  expect(count).toBe(50_000);
});

test.each(ways)('a stuck reader delays a process that ends %s for at most a second', async (_way, code) => {
  const child = run(code);
  const { code: exitCode, milliseconds } = await endOf(child);
  expect(exitCode).toBe(7);
  expect(milliseconds).toBeLessThan(aboutASecond);
});

test.each(ways)('a full disk does not delay a process that ends %s', async (_way, code) => {
  const descriptor = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(descriptor));
  const { code: exitCode, milliseconds } = await endOf(run(code, descriptor));
  expect(exitCode).toBe(7);
  expect(milliseconds).toBeLessThan(aboutASecond);
});

test.each(ways)('a closed reader does not delay a process that ends %s', async (_way, code) => {
  const child = run(
    `await new Promise((resolve) => setTimeout(resolve, 500)); began = performance.now(); ${code}`,
  );
  await once(child.stdout ?? child, 'data');
  child.stdout?.destroy();
  const { code: exitCode, milliseconds } = await endOf(child);
  expect(exitCode).toBe(7);
  expect(milliseconds).toBeLessThan(aboutASecond);
});

test('a stuck reader uses a limited amount of memory, and gets the number of dropped lines', async () => {
  // 100 MB in 100,000 lines.
  const child = run(
    `
    for (let batch = 0; batch < 100; batch++) {
      for (let n = 0; n < 1_000; n++) stdout.write('x'.repeat(999) + '\\n');
      await new Promise(setImmediate);
    }
    console.error(process.memoryUsage().rss);
    setInterval(() => {}, 1_000);`,
    'pipe',
    0,
  );
  const [memory] = await once(child.stderr ?? child, 'data');
  expect(Number(memory)).toBeLessThan(150 * 2 ** 20);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  await expect.poll(() => output.slice(-30)).toMatch(/\d dropped\n$/);
  const lines = output.split('\n').slice(0, -1);
  expect(lines.length - 1 + Number.parseInt(lines.at(-1) ?? '', 10)).toBe(100_000);
});
