/** deploy/kubernetes: kustomize builds it, the schemas of Kubernetes accept it, and it agrees with the gateway. */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { defaultLimits } from '../../src/http/admission.ts';
import { blocksBelow, readPage } from '../docs/sections.ts';
import { makeTemporaryFolder } from '../support/make-temporary-folder.ts';
import { lastInstruction } from '../support/process/dockerfile.ts';
import { configOf, unknownAmong } from './known-variables.ts';
import {
  environment,
  isKubectlMissing,
  models,
  name,
  podOf,
  type Resource,
  resourceOf,
  resources,
} from './kubernetes-resources.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** Runs the command of the page that creates the secret, without a cluster. */
async function createSecret(): Promise<unknown> {
  const [commands = ''] = blocksBelow('docs/production.md', 'Kubernetes', 'sh');
  const [command = ''] = /^kubectl -n \S+ create secret (?:.*\\\n)*.*$/m.exec(commands) ?? [];
  const folder = makeTemporaryFolder();
  await mkdir(join(folder, 'deploy/secrets'), { recursive: true });
  const paths = [...command.matchAll(/=(deploy\/secrets\/\S+)/g)].map(([, path = '']) => path);
  for (const path of paths) await writeFile(join(folder, path), 'secret');
  const { stdout } = await run('sh', ['-c', `${command} --dry-run=client -o json`], { cwd: folder });
  return JSON.parse(stdout);
}

/** The module of the type of each kind. */
function typesOf({ apiVersion }: Resource): string {
  return apiVersion.startsWith('monitoring')
    ? `@kubernetes-models/prometheus-operator/${apiVersion}`
    : `kubernetes-models/${apiVersion}`;
}

/** Compiles the resources as TypeScript: the schemas of Kubernetes ignore unknown fields, the compiler reports them. */
async function unknownFieldsIn(resources: readonly Resource[]): Promise<string> {
  const cache = join(root, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'kubernetes-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const lines = resources.map(
    (resource) =>
      `(${JSON.stringify(resource)}) satisfies import('${typesOf(resource)}').I${resource.kind};\n`,
  );
  await writeFile(join(folder, 'resources.mts'), lines.join(''));
  const flags = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext'];
  const compiler = join(root, 'node_modules/.bin/tsc');
  return run(compiler, [...flags, join(folder, 'resources.mts')]).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );
}

describe.skipIf(isKubectlMissing)('deploy/kubernetes (needs kubectl)', () => {
  test('has each kind once, all in one namespace', () => {
    expect(resources.map(({ kind }) => kind).sort()).toEqual(Object.keys(models).sort());
    for (const { kind, metadata } of resources) {
      if (kind !== 'Namespace') expect([kind, metadata.namespace]).toEqual([kind, name]);
    }
  });

  test('is valid by the schemas of Kubernetes and of the Prometheus Operator', () => {
    for (const resource of resources) new models[resource.kind](resource as never).validate();
    const deployment = resourceOf('Deployment');
    const wrong = { ...deployment, spec: { ...deployment.spec, selector: 'app' } };
    expect(() => new models.Deployment(wrong as never).validate()).toThrow(/selector/);
  });

  test('has only fields that Kubernetes and the Prometheus Operator have', async () => {
    expect(await unknownFieldsIn(resources)).toBe('');
    const deployment = resourceOf('Deployment');
    const wrong = { ...deployment, spec: { ...deployment.spec, replica: 2 } };
    expect(await unknownFieldsIn([wrong])).toContain('replica');
  });

  test('sets only variables that the gateway reads, with valid values', () => {
    const { container } = podOf();
    expect(container.env).toBeUndefined();
    expect(unknownAmong(Object.keys(environment()))).toEqual([]);
    expect(unknownAmong(['DASHLY_API_UR'])).toEqual(['DASHLY_API_UR']);
    expect(configOf(environment())).toMatchObject({ NODE_ENV: 'production', HOST: '0.0.0.0' });
    // Otherwise Kubernetes adds variables such as DASHLY_GRAPHQL_GATEWAY_PORT, and the gateway warns about them.
    expect(podOf().pod.enableServiceLinks).toBe(false);
  });

  test('reads every secret from the volume, with the names that the page for operators creates', async () => {
    const { pod, container } = podOf();
    const folder = container.volumeMounts?.find(({ name }) => name === 'secrets')?.mountPath;
    const secret = pod.volumes?.find(({ name }) => name === 'secrets')?.secret;
    expect(secret).toEqual({ secretName: name, defaultMode: 0o440 });
    const files = Object.entries(environment()).filter(([variable]) => variable.endsWith('_FILE'));
    expect(files).toHaveLength(3);
    for (const [variable, path] of files) {
      const key = variable
        .replace(/_FILE$/, '')
        .toLowerCase()
        .replaceAll('_', '-');
      expect(path).toBe(`${folder}/${key}`);
    }
    expect(await createSecret()).toMatchObject({
      metadata: { name, namespace: name },
      data: Object.fromEntries(files.map(([, path]) => [path.replace(/^.*\//, ''), expect.any(String)])),
    });
  });

  test('probes the paths and ports of the gateway, and restarts no pod because of Redis', () => {
    const { container } = podOf();
    const config = configOf(environment());
    expect(container.ports).toEqual([
      { name: 'http', containerPort: config.PORT },
      { name: 'metrics', containerPort: config.METRICS_PORT },
    ]);
    const probed = [container.startupProbe, container.livenessProbe, container.readinessProbe];
    // Only /ready fails while Redis is away: a startup or liveness probe of it would restart the pods.
    expect(probed.map((probe) => probe?.httpGet)).toEqual([
      { path: '/health', port: 'http' },
      { path: '/health', port: 'http' },
      { path: '/ready', port: 'http' },
    ]);
    expect(resourceOf('Service').spec?.ports?.map(({ targetPort }) => targetPort)).toEqual([
      'http',
      'metrics',
    ]);
  });

  test('answers every request in the time of a stop, after load balancers have noticed it', () => {
    const { pod, container } = podOf();
    const config = configOf(environment());
    const { periodSeconds = 0, failureThreshold = 0 } = container.readinessProbe ?? {};
    expect(config.SHUTDOWN_DELAY_MS).toBeGreaterThan(periodSeconds * failureThreshold * 1000);
    expect(config.SHUTDOWN_TIMEOUT_MS).toBeGreaterThan(
      config.SHUTDOWN_DELAY_MS + config.DASHLY_TIMEOUT_MS + config.RECOVERY_TIMEOUT_MS,
    );
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(config.SHUTDOWN_TIMEOUT_MS / 1000);
  });

  test('has room for as many files as the gateway accepts', () => {
    const { pod, container } = podOf();
    const maxFiles = 5;
    const mebibytes = (maxFiles * configOf(environment()).UPLOAD_MAX_BYTES) / 1024 ** 2 + 3;
    const space = `${defaultLimits.maxUploads * mebibytes}Mi`;
    expect(pod.volumes?.find(({ name }) => name === 'tmp')?.emptyDir).toEqual({ sizeLimit: space });
    expect(container.resources?.requests).toMatchObject({ 'ephemeral-storage': space });
    expect(container.volumeMounts).toContainEqual({ name: 'tmp', mountPath: '/tmp' });
  });

  test('gives the container no rights, and the user of the image', () => {
    const { pod, container } = podOf();
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    const { runAsUser, runAsGroup, fsGroup } = pod.securityContext ?? {};
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true });
    expect([`${runAsUser}:${runAsGroup}`, fsGroup]).toEqual([lastInstruction('USER'), 1000]);
    expect(pod.automountServiceAccountToken).toBe(false);
  });

  test('uses the version of this package, and the job of the alert rules', () => {
    expect(podOf().container.image).toMatch(new RegExp(`/${name}:${manifest.version}$`));
    // The job is named after the Service.
    expect(readPage('src/telemetry/alert-rules.yaml')).toContain(
      `job="${resourceOf('Service').metadata.name}"`,
    );
  });
});
