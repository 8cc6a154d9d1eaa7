/** Helpers for tests of the npm package: a copy of the repository, npm, and its commands. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The environment without the variables of vitest and of npm. */
function cleanEnvironment(): Record<string, string | undefined> {
  const ours =
    /^(?:NODE_ENV|NODE_OPTIONS|CI|VITEST.*|INIT_CWD|npm_(?:package|lifecycle)_.*|npm_command|npm_config_local_prefix)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

function optionsOf({ cwd, env }: RunOptions) {
  return { cwd, env: { ...cleanEnvironment(), ...env } };
}

/** Resolves to the standard output; rejects with all output if the exit code is not 0. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  try {
    const limits = { timeout: 300_000, maxBuffer: 2 ** 26 };
    return (await promisify(execFile)(command, args, { ...optionsOf(options), ...limits })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** For `describe.skipIf`: true if npm reaches no registry. Always false in CI: no test is skipped there. */
export const isRegistryMissing =
  process.env['CI'] !== 'true' &&
  (await run('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=5000'], { cwd: tmpdir() }).then(
    () => false,
    () => true,
  ));

export interface Service {
  readonly child: ChildProcess;
  readonly origin: string;
  /** The exit code, or the signal that ended the process. */
  readonly ended: Promise<number | string | null>;
}

const services = new Set<ChildProcess>();
const folders = new Set<string>();

/** Call after all tests of a file. */
export async function cleanUp(): Promise<void> {
  for (const child of services) if (child.pid) killGroup(child.pid, 'SIGKILL');
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  services.clear();
  folders.clear();
}

/** Resolves when the process has printed its address. It is the leader of a process group. */
export async function startService(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Service> {
  const child = spawn(command, args, { ...optionsOf(options), detached: true });
  services.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal));
    child.once('error', (error) => {
      output += error;
    });
  });
  // The line continues after the address of the sandbox.
  const address = /http:\/\/\S+:(\d+)(?:\/graphql)?["\n]/;
  await vi.waitFor(() => expect(output).toMatch(address), { timeout: 30_000 });
  const port = address.exec(output)?.[1] ?? '';
  return { child, origin: `http://127.0.0.1:${port}`, ended };
}

function killGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // All processes have ended already.
  }
}

/** Removed by `cleanUp`. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dashly-shipping-'));
  folders.add(folder);
  return folder;
}

/** A clean checkout. */
export async function copyRepository(): Promise<string> {
  const copy = join(await makeFolder(), 'repository');
  const isLeftOut = /^(?:node_modules|\.git|dist|coverage|\.env.*|.*\.(?:log|tgz))$/;
  await cp(root, copy, {
    recursive: true,
    filter: (path) => join(dirname(path), '/') !== root || !isLeftOut.test(basename(path)),
  });
  return copy;
}
