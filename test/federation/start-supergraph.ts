/** Starts the command of `npm run supergraph` as a separate process. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';

export interface SupergraphProcess {
  readonly child: ChildProcess;
  /** The router's endpoint. */
  readonly url: string;
  readonly output: () => string;
  /** Stops it by a signal; resolves to its exit code, or to the signal that ended it. */
  stop(signal?: 'SIGTERM' | 'SIGINT'): Promise<number | string>;
}

const main = fileURLToPath(new URL('supergraph.ts', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Without arguments it starts the script of the process; a test of npm passes another command. */
export async function startSupergraph(
  environment: Record<string, string>,
  [command, ...args]: readonly [string, ...string[]] = [process.execPath, main],
): Promise<SupergraphProcess> {
  const { PATH, HOME } = process.env;
  const child = spawn(command, args, { cwd: root, env: { PATH, HOME, PORT: '0', ...environment } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = once(child, 'exit');
  const example = vi.waitFor(() => expect(output).toMatch(/^\}'$/m), { timeout: 60_000, interval: 50 });
  const hasEnded = await Promise.race([example.then(() => false), ended.then(() => true)]).catch((error) => {
    child.kill();
    throw error;
  });
  if (hasEnded) throw new Error(`The supergraph did not start:\n${output}`);
  return {
    child,
    url: /A federated graph\S*.*: (http:\S+)/.exec(output)?.[1] ?? '',
    output: () => output,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const [code, by] = await ended;
      return code ?? by;
    },
  };
}
