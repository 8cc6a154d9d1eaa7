/** Checks of the Dockerfile that need no container engine. */

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { configOf } from './deploy/known-variables.ts';
import { startGateway } from './support/gateway/start-gateway.ts';
import { imageEnvironment, instructions, lastInstruction as last } from './support/process/dockerfile.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(root + path, 'utf8');
const manifest = JSON.parse(read('package.json'));

test('copies only files that exist and that .dockerignore lets in', () => {
  const copied = instructions
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
    .flatMap((line) => line.split(' ').slice(1, -1));
  const letIn = read('.dockerignore').match(/(?<=^!).+$/gm) ?? [];
  expect(read('.dockerignore')).toMatch(/^\*$/m);
  expect(new Set(copied)).toEqual(new Set(letIn));
  for (const path of copied) expect([path, existsSync(root + path)]).toEqual([path, true]);
});

test('runs Node as the first process, with the flags of npm start', () => {
  const [, flags] = / exec node (.*) src\/main\.ts$/.exec(manifest.scripts.start) ?? [];
  const malloc = manifest.scripts.start.match(/MALLOC_\w+=\d+/g);
  expect(JSON.parse(last('CMD'))).toEqual(['node', ...(flags ?? '').split(' '), 'dist/main.js']);
  expect(malloc).toHaveLength(2);
  expect(last('ENV').split(/\s+/)).toEqual(expect.arrayContaining(malloc));
});

test('runs with the version of Node that the project is tested with, also if it is pinned by its digest', () => {
  const version = manifest.devDependencies.node.replaceAll('.', '\\.');
  const image = new RegExp(`^node:${version}-[\\w.-]+(?:@sha256:[0-9a-f]{64})?$`);
  const images = instructions.flatMap((line) => /^FROM (\S+)/.exec(line)?.[1] ?? []);
  expect(images).toHaveLength(2);
  for (const name of images) expect(name).toMatch(image);
  expect(`node:${manifest.devDependencies.node}-bookworm-slim@sha256:${'0'.repeat(64)}`).toMatch(image);
  expect('node:24-bookworm-slim').not.toMatch(image);
});

test('exposes the ports that it listens on', () => {
  const { PORT, METRICS_PORT } = imageEnvironment;
  expect(last('EXPOSE').split(' ')).toEqual([PORT, METRICS_PORT]);
});

test('answers every request in the time of a stop, after a delay for load balancers', () => {
  const config = configOf({ DASHLY_API_URL: 'sandbox' });
  expect(config.SHUTDOWN_DELAY_MS).toBeGreaterThan(0);
  expect(config.SHUTDOWN_TIMEOUT_MS).toBeGreaterThan(
    config.SHUTDOWN_DELAY_MS + config.DASHLY_TIMEOUT_MS + config.RECOVERY_TIMEOUT_MS,
  );
});

test('does not run as root', () => {
  expect(last('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
});

test('its health check succeeds while the gateway responds, and fails otherwise', async () => {
  const [, command = '[]'] = /CMD (\[.*\])$/.exec(last('HEALTHCHECK')) ?? [];
  const [, ...args] = JSON.parse(command);
  const check = (port: string) => promisify(execFile)(process.execPath, args, { env: { PORT: port } });
  const { origin } = await startGateway();
  await expect(check(new URL(origin).port)).resolves.toBeDefined();
  await expect(check('1')).rejects.toMatchObject({ code: 1 });
});
