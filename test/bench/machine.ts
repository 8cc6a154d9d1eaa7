/** The conditions of the measurement: versions, machine, date. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import type { Cores } from './load/cores.ts';
import type { LoadTool } from './load/run-load.ts';

/** Lines of name and value. */
export function describeMachine(cores: Cores, tool: LoadTool): [name: string, value: string][] {
  const placing = cores.server
    ? `the server on core ${cores.server}, the load and the upstream on ${cores.others}`
    : 'all processes on all cores';
  return [
    ['date', new Date().toISOString().slice(0, 10)],
    ['processor', `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores: ${placing}`],
    ['memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ['system', `${type()} ${release().split('-')[0]}`],
    ['Node.js', process.version],
    [
      'load',
      tool === 'wrk' ? (/wrk \S+/.exec(wrkVersion())?.[0] ?? 'wrk') : `autocannon ${versionOf('autocannon')}`,
    ],
    [
      'packages',
      packageNames()
        .map((name) => `${name} ${versionOf(name)}`)
        .join(', '),
    ],
  ];
}

/** wrk exits with 1 after printing its version. */
function wrkVersion(): string {
  return execFileSync('sh', ['-c', 'wrk --version; true'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function packageNames(): string[] {
  const own = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
  return Object.keys(own.dependencies).filter((name) => name !== 'autocannon');
}

function versionOf(name: string): string {
  const file = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : 'missing';
}
