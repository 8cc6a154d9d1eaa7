/** deploy/compose.yaml: the schema of Compose accepts it, it agrees with the gateway, and its Redis evicts nothing. */

import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient } from '@redis/client';
import { DCLinter } from 'dclint';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { readConfig } from '../../src/config.ts';
import { blocksBelow, readPage } from '../docs/sections.ts';
import { freePort } from '../support/free-port.ts';
import { makeTemporaryFolder } from '../support/make-temporary-folder.ts';
import { imageEnvironment } from '../support/process/dockerfile.ts';
import { isRedisMissing } from '../support/redis/start-redis.ts';
import { until } from '../support/until.ts';
import { configOf, unknownAmong } from './known-variables.ts';

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
  readonly command?: readonly string[];
  readonly stop_grace_period?: string;
}
interface Compose {
  readonly services: Readonly<Record<'gateway' | 'redis' | 'prometheus' | 'grafana', Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const folder = fileURLToPath(new URL('../../deploy', import.meta.url));
const compose: Compose = parse(readPage('deploy/compose.yaml'));
const { gateway, redis, prometheus, grafana } = compose.services;

/** The types of dclint import files that TypeScript does not find. */
type LintResult = Readonly<Record<'messages', readonly Readonly<Record<'rule' | 'message', string>>[]>>;

function violationsIn(file: string): string[] {
  const linter = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] });
  const results: readonly LintResult[] = linter.lintFiles([file], false);
  const messages = results.flatMap((result) => result.messages);
  return messages.filter(({ rule }) => rule.startsWith('invalid')).map(({ message }) => message);
}

test('is valid by the schema of Compose', async () => {
  expect(violationsIn(join(folder, 'compose.yaml'))).toEqual([]);
  const directory = makeTemporaryFolder();
  const wrong = join(directory, 'compose.yaml');
  await writeFile(wrong, readPage('deploy/compose.yaml').replace('    mem_limit:', '    memory:'));
  expect(violationsIn(wrong)).toEqual([expect.stringContaining('additional properties')]);
});

test('sets only variables that the gateway reads, with valid values', () => {
  const environment = gateway.environment ?? {};
  expect(unknownAmong(Object.keys(environment))).toEqual([]);
  const url = /^\$\{DASHLY_API_URL:-(.*)\}$/.exec(environment['DASHLY_API_URL'] ?? '')?.[1] ?? '';
  const { PORT, SHUTDOWN_TIMEOUT_MS } = configOf({ ...environment, DASHLY_API_URL: url });
  expect(gateway.ports).toEqual([`127.0.0.1:${PORT}:${PORT}`]);
  expect(Number.parseInt(gateway.stop_grace_period ?? '', 10) * 1000).toBeGreaterThan(SHUTDOWN_TIMEOUT_MS);
  expect(gateway.image).toBe(`${manifest.name}:${manifest.version}`);
});

test('the page for operators creates the files of all secrets, which git ignores', async () => {
  expect(readPage('.gitignore').split('\n')).toContain('/deploy/secrets/');
  const [commands = ''] = blocksBelow('docs/production.md', 'Compose', 'sh');
  const directory = makeTemporaryFolder();
  const env = { PATH: process.env['PATH'], DASHLY_TOKEN: 'token' };
  await promisify(execFile)('sh', ['-ec', commands], { cwd: directory, env });
  const read = async (file: string) => (await readFile(join(directory, 'deploy', file), 'utf8')).trimEnd();
  for (const [name, { file }] of Object.entries(compose.secrets)) {
    expect([file, await read(file)]).toEqual([`./secrets/${name}`, expect.stringMatching(/^\S+$/)]);
  }
  const { config, faults } = readConfig({
    DASHLY_TOKEN: await read('secrets/dashly-token'),
    API_KEY_HASHES: await read('secrets/api-key-hashes'),
    REDIS_URL: await read('secrets/redis-url'),
  });
  expect(faults).toBeUndefined();
  const key = createHash('sha256').update(await read('secrets/api-key'));
  expect(config?.API_KEY_HASHES).toEqual([key.digest('hex')]);
  expect(config?.REDIS_URL).toBe(`redis://:${await read('secrets/redis-password')}@redis:6379`);
});

test('each service has the secrets that its variables name', () => {
  for (const service of Object.values(compose.services)) {
    const files = Object.entries(service.environment ?? {}).filter(([name]) => name.endsWith('_FILE'));
    for (const [, path] of files) expect(service.secrets).toContain(path.replace('/run/secrets/', ''));
  }
});

test('mounts only files that exist', () => {
  const mounted = Object.values(compose.services)
    .flatMap(({ volumes }) => volumes)
    .filter((volume) => volume.startsWith('.'))
    .map((volume) => volume.split(':')[0] ?? '');
  expect(mounted).toHaveLength(5);
  expect(mounted.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
});

test('Prometheus reads the metrics of the gateway and the alert rules', () => {
  const { rule_files: rules, scrape_configs: jobs } = parse(readPage('deploy/prometheus.yaml'));
  const targets = [`gateway:${imageEnvironment['METRICS_PORT']}`];
  expect(jobs).toEqual([{ job_name: 'dashly-graphql-gateway', static_configs: [{ targets }] }]);
  expect(readPage('src/telemetry/alert-rules.yaml')).toContain('job="dashly-graphql-gateway"');
  expect(prometheus.volumes).toContain(`../src/telemetry/alert-rules.yaml:${rules[0]}:ro`);
});

test('Grafana loads the dashboard, with Prometheus as its source', () => {
  const { providers } = parse(readPage('deploy/grafana/dashboards.yaml'));
  expect(grafana.volumes).toContain(
    `../src/telemetry/grafana-dashboard.json:${providers[0].options.path}/gateway.json:ro`,
  );
  const { datasources } = parse(readPage('deploy/grafana/datasources.yaml'));
  expect(datasources[0]).toMatchObject({
    type: 'prometheus',
    url: 'http://prometheus:9090',
    isDefault: true,
  });
});

test.skipIf(isRedisMissing)('Redis has a password and evicts nothing (needs redis-server)', async () => {
  const directory = makeTemporaryFolder();
  const password = join(directory, 'redis-password');
  await writeFile(password, 'the password of Redis\n'.replaceAll(' ', '-'));
  const port = await freePort();
  const script = (redis.command?.[2] ?? '')
    .replaceAll('$$', '$')
    .replace('/run/secrets/redis-password', password)
    .replace('/data', directory)
    .replace('redis-server -', `redis-server - --bind 127.0.0.1 --port ${port}`);
  const child = spawn('sh', ['-c', script], { stdio: 'ignore', detached: true });
  onTestFinished(() => void process.kill(-(child.pid ?? 0), 'SIGKILL'));
  const connect = (secret: string) => {
    const socket = { reconnectStrategy: false } as const;
    return createClient({ url: `redis://:${secret}@127.0.0.1:${port}`, socket }).on('error', () => {});
  };
  await until(async () => {
    const client = connect('the-password-of-Redis');
    try {
      await client.connect();
      expect(await client.configGet('maxmemory-policy')).toMatchObject({ 'maxmemory-policy': 'noeviction' });
      expect(await client.configGet('appendonly')).toMatchObject({ appendonly: 'yes' });
    } finally {
      if (client.isOpen) client.destroy();
    }
  });
  const stranger = connect('another');
  await expect(stranger.connect()).rejects.toThrow(/WRONGPASS|invalid/i);
});
