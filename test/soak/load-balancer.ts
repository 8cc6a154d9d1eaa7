/** Debian's HAProxy and nginx with the configuration of docs/production.md, in front of two gateways. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { blocksBelow } from '../docs/sections.ts';
import { freePort } from '../support/free-port.ts';
import { isMissing } from '../support/is-missing.ts';
import { until } from '../support/until.ts';

const commands = { haproxy: '/usr/sbin/haproxy', nginx: '/usr/sbin/nginx' };
export type LoadBalancer = keyof typeof commands;

export const isLoadBalancerMissing = isMissing(...Object.values(commands));

/** The block of the page with the ports of this test and without TLS. */
function configurationOf(name: LoadBalancer, port: number, ports: readonly number[]): string {
  const [block = ''] = blocksBelow('docs/production.md', 'Proxies', name);
  const changes: [string | RegExp, string][] = [
    ['10.0.0.1:4000', `127.0.0.1:${ports[0]}`],
    ['10.0.0.2:4000', `127.0.0.1:${ports[1]}`],
    [/bind :443 .*/, `bind 127.0.0.1:${port}`],
    ['listen 443 ssl', `listen 127.0.0.1:${port}`],
    [/\n *ssl_certificate.*/g, ''],
  ];
  return changes.reduce((text, [from, to]) => text.replace(from, to), block);
}

/** Resolves to the origin when it has found a gateway. Stops at the end of the test. */
export async function startLoadBalancer(name: LoadBalancer, ports: readonly number[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dashly-balancer-'));
  const port = await freePort();
  const text = configurationOf(name, port, ports);
  const file = join(folder, 'configuration');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  const whole =
    name === 'nginx'
      ? `daemon off; pid ${folder}/pid; error_log stderr; events {}\nhttp { access_log off; ${paths.join(' ')}\n${text}}\n`
      : text;
  await writeFile(file, whole);
  const args = name === 'nginx' ? ['-p', folder, '-e', 'stderr', '-c', file] : ['-db', '-f', file];
  const child: ChildProcess = spawn(commands[name], args, { stdio: ['ignore', 'ignore', 'inherit'] });
  onTestFinished(async () => {
    // nginx ends its workers at SIGTERM, not at SIGKILL.
    const ended = once(child, 'exit');
    if (child.exitCode === null && child.kill('SIGTERM')) await ended;
    await rm(folder, { recursive: true });
  });
  const origin = `http://127.0.0.1:${port}`;
  await until(async () => expect((await fetch(`${origin}/ready`)).status).toBe(200));
  return origin;
}

/** Resolves when requests reach both gateways. The id of a request begins with eight characters of its gateway. */
export async function useOfBoth(origin: string): Promise<void> {
  const gateways = new Set<string | undefined>();
  const countUsed = async () => {
    const { headers } = await fetch(`${origin}/health`);
    return gateways.add(headers.get('x-request-id')?.slice(0, 8)).size;
  };
  await expect.poll(countUsed, { timeout: 60_000, interval: 50 }).toBe(2);
}
