/** Warnings and crashes of the process in the log, and snapshots of its memory. */

import { readdirSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/make-temporary-folder.ts';
import { endCommands, startCommand } from '../support/process/start-command.ts';
import { until } from '../support/until.ts';

afterAll(endCommands);

/** Runs this code at the signal SIGUSR2. */
const onSignal = (code: string) => ({
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => { ${code} });`)}`,
});

test('a warning of Node.js is a line of the log', async () => {
  const command = await startCommand(
    onSignal(`process.emitWarning('Odd.', { type: 'OddWarning', code: 'ODD' })`),
  );
  command.child.kill('SIGUSR2');
  await command.written(/OddWarning/);
  expect(command.lines().at(-1)).toEqual({
    level: 'warn',
    time: expect.any(Number),
    msg: 'OddWarning: Odd.',
    'code.stacktrace': expect.stringContaining('OddWarning: Odd.\n    at '),
  });
  expect(command.output.err).toBe('');
});

test('an unexpected error that ends the process is the last line of the log', async () => {
  const command = await startCommand(onSignal(`Promise.reject(new RangeError('Odd.'))`));
  command.child.kill('SIGUSR2');
  expect(await command.ended).toBe(1);
  expect(command.lines().at(-1)).toMatchObject({
    level: 'error',
    msg: 'The process exits because of an unexpected error.',
    'exception.type': 'RangeError',
    'exception.message': 'Odd.',
  });
});

test('Node.js writes a heap snapshot at a signal', async () => {
  const folder = makeTemporaryFolder();
  const flags = `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${folder}`;
  const { child } = await startCommand({ NODE_OPTIONS: flags });
  child.kill('SIGUSR2');
  await until(() => expect(readdirSync(folder)).toEqual([expect.stringMatching(/^Heap\..*\.heapsnapshot$/)]));
});
