/** Assigns processes to the cores of the machine: one core for the server, the others for the load and the upstream. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Lists in the format of `taskset`; null if processes are not bound to cores. */
export interface Cores {
  readonly server: string | null;
  readonly others: string | null;
}

/** Binds processes only if the machine has two cores or more, and `taskset`. */
export function divideCores(): Cores {
  const [server, ...others] = allowedCores();
  const canBind = spawnSync('taskset', ['--version']).status === 0;
  if (server === undefined || others.length === 0 || !canBind) return { server: null, others: null };
  return { server: String(server), others: others.join(',') };
}

/** The command that runs another one on these cores. */
export function onCores(
  cores: string | null,
  command: readonly [string, ...string[]],
): [string, ...string[]] {
  return cores === null ? [...command] : ['taskset', '-c', cores, ...command];
}

function allowedCores(): number[] {
  const list = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
