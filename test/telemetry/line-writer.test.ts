/** Lines reach a file or a pipe whole and in order, whoever reads there. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { LineWriter } from '../../src/telemetry/line-writer.ts';

function openFile() {
  const directory = mkdtempSync(join(tmpdir(), 'dashly-lines-'));
  const path = join(directory, 'log');
  const descriptor = openSync(path, 'a');
  onTestFinished(() => {
    closeSync(descriptor);
    rmSync(directory, { recursive: true });
  });
  return { descriptor, lines: () => readFileSync(path, 'utf8').split('\n').slice(0, -1) };
}

const numbers = Array.from({ length: 50_000 }, (_, index) => `${index} ${'ä'.repeat(50)}`);

test('writes all lines in order, those after the close as well', async () => {
  const { descriptor, lines } = openFile();
  const writer = new LineWriter(descriptor, String);
  for (const line of numbers) writer.write(`${line}\n`);
  await writer.close();
  expect(lines()).toEqual(numbers);
  writer.write('later\n');
  await writer.close();
  await writer.close();
  expect(lines().at(-1)).toBe('later');
});

test('drops lines that nobody takes, and says how many', async () => {
  const { descriptor, lines } = openFile();
  const writer = new LineWriter(descriptor, (count) => `${count} lost\n`);
  const megabyte = `${'x'.repeat(1024 * 1024 - 1)}\n`;
  // The first is under way at once, and 16 wait.
  for (let count = 0; count < 20; count++) writer.write(megabyte);
  await writer.close();
  expect(lines()).toHaveLength(18);
  expect(lines().at(-1)).toBe('3 lost');
});

test('gives up on a full disk, and does not keep what was lost', async () => {
  const descriptor = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(descriptor));
  const writer = new LineWriter(descriptor, String);
  for (const line of numbers) writer.write(`${line}\n`);
  await writer.close();
});

/** Runs a program with a writer on its stdout. */
function run(code: string) {
  const path = fileURLToPath(new URL('../../src/telemetry/line-writer.ts', import.meta.url));
  const program = `
    import { LineWriter } from ${JSON.stringify(path)};
    const writer = new LineWriter(1, String);
    for (let n = 0; n < 50_000; n++) writer.write(n + ' ${'x'.repeat(50)}\\n');
    ${code}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test.each([
  ['stops gently', 'await writer.close(); process.exit(0);'],
  ['ends by itself', ''],
  ['ends on a sudden', 'setTimeout(() => process.exit(1), 2_000);'],
])('a slow reader gets all lines of a process that %s', async (_how, code) => {
  const child = run(code);
  await delay(500);
  const lines = (await text(child.stdout)).split('\n').slice(0, -1);
  expect(lines).toHaveLength(50_000);
  expect(lines.every((line, index) => line.startsWith(`${index} x`))).toBe(true);
});

test('a reader that goes away ends the log and not the process', async () => {
  const child = run('await writer.close(); writer.write("more"); await writer.close(); process.exit(7);');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  expect(await once(child, 'exit')).toEqual([7, null]);
});
