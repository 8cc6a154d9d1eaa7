/** Starts Debian's tinyproxy, a real HTTP proxy. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../free-port.ts';
import { isMissing } from '../is-missing.ts';
import { makeTemporaryFolder } from '../make-temporary-folder.ts';
import { watchChild } from '../process/watch-child.ts';
import { until } from '../until.ts';

const executablePath = '/usr/bin/tinyproxy';

export const isTinyproxyMissing = isMissing(executablePath);

export interface Tinyproxy {
  /** With the user and password, if it needs them. */
  readonly url: string;
  /** The targets of the tunnels that were requested, such as `localhost:443`. */
  targets(): readonly string[];
  kill(): Promise<void>;
}

/** Stops at the end of the test. `settings` are lines of its configuration. */
export async function startTinyproxy(settings: readonly string[] = [], user = ''): Promise<Tinyproxy> {
  const file = join(makeTemporaryFolder(), 'tinyproxy.conf');
  const port = await freePort();
  const lines = [`Port ${port}`, 'Listen 127.0.0.1', 'LogLevel Connect', 'Timeout 60', ...settings];
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = spawn(executablePath, ['-d', '-c', file]);
  const { output, ended } = watchChild(child);
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  await until(async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
  });
  return {
    url: `http://${user && `${user}@`}127.0.0.1:${port}`,
    targets: () =>
      [...`${output.out}${output.err}`.matchAll(/: CONNECT (\S+) HTTP/g)].map(([, target = '']) => target),
    kill,
  };
}
