/** The Dockerfile, without an engine: its steps run one by one on folders that stand for the stages of the image. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freePort } from './free-port.ts';
import { ask, askJson } from './http/ask.ts';
import { cleanUp, copyRepository, isRegistryMissing, makeFolder, root, run, startService } from './npm.ts';
import { createContextFilter, type Instruction, readDockerfile, readPairs } from './read-dockerfile.ts';

vi.setConfig({ hookTimeout: 600_000 });

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const instructions = readDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));
const isInContext = createContextFilter(readFileSync(join(root, '.dockerignore'), 'utf8'));

/** The stages, each from its FROM. */
const stages = instructions.reduce<Instruction[][]>((all, instruction) => {
  if (instruction.name === 'FROM') all.push([]);
  all.at(-1)?.push(instruction);
  return all;
}, []);
const runtime = stages.at(-1) ?? [];

/** Of the stage that runs, the last instruction of this name. */
function last(name: string): Instruction {
  const found = runtime.findLast((instruction) => instruction.name === name);
  if (!found) throw new Error(`There is no ${name}.`);
  return found;
}

/** A stage as a folder. */
interface Stage {
  readonly folder: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
}

async function build(context: string): Promise<Stage> {
  const byName = new Map<string, Stage>();
  let stage: Stage = { folder: '', workdir: '/', env: {} };
  for (const { name, flags, rest } of stages.flat()) {
    const inStage = (path: string) =>
      join(stage.folder, path.startsWith('/') ? path : join(stage.workdir, path));
    switch (name) {
      case 'FROM': {
        const [, , alias = ''] = /^(\S+)(?: AS (\S+))?$/.exec(rest) ?? [];
        stage = { folder: await makeFolder(), workdir: '/', env: {} };
        await chmod(stage.folder, 0o755);
        byName.set(alias, stage);
        break;
      }
      case 'WORKDIR':
        stage = { ...stage, workdir: rest };
        await mkdir(inStage('.'), { recursive: true });
        break;
      case 'ENV':
        stage = { ...stage, env: { ...stage.env, ...Object.fromEntries(readPairs(rest)) } };
        break;
      case 'COPY': {
        const from = flags['from'] ? byName.get(flags['from'])?.folder : context;
        const paths = rest.split(/\s+/);
        const target = paths.pop() ?? '';
        for (const path of paths) {
          const source = join(from ?? '', path);
          // Of a folder what is in it is copied, of files those that are named.
          const isFolder = (await stat(source)).isDirectory();
          await cp(source, isFolder ? inStage(target) : join(inStage(target), basename(path)), {
            recursive: true,
            verbatimSymlinks: true,
          });
        }
        break;
      }
      case 'RUN':
        await run('/bin/sh', ['-c', rest], { cwd: inStage('.'), env: stage.env });
        break;
      case 'LABEL':
      case 'USER':
      case 'EXPOSE':
      case 'STOPSIGNAL':
      case 'HEALTHCHECK':
      case 'CMD':
        break;
      default:
        throw new Error(`${name} is not read here.`);
    }
    // Later stages copy from what a stage has become.
    for (const [alias, { folder }] of byName) if (folder === stage.folder) byName.set(alias, stage);
  }
  return stage;
}

/** Paths below a folder, links included. */
function pathsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

test('it runs as a user who is not root, told by number', () => {
  expect(last('USER').rest).toMatch(/^[1-9]\d*:[1-9]\d*$/);
});

test('its stages are of the version of Node that the project is tested with', () => {
  const [major] = manifest.devDependencies.node.split('.');
  expect(stages.map(([from]) => from?.rest.split(' ')[0])).toEqual(
    stages.map(() => `node:${major}-bookworm-slim`),
  );
});

test('Node is the first process, and gets the signal that it stops at', () => {
  expect(last('CMD').words?.[0]).toBe('node');
  expect(last('STOPSIGNAL').rest).toBe('SIGTERM');
  expect(runtime.some(({ name }) => name === 'ENTRYPOINT')).toBe(false);
});

test('labels tell what the package tells, and the port is that of the gateway', () => {
  const labels = Object.fromEntries(readPairs(last('LABEL').rest));
  expect(labels).toEqual({
    'org.opencontainers.image.title': manifest.name,
    'org.opencontainers.image.description': manifest.description,
    'org.opencontainers.image.licenses': manifest.license,
  });
  const env = Object.fromEntries(readPairs(last('ENV').rest));
  expect(env).toMatchObject({ NODE_ENV: 'production', HOST: '0.0.0.0', PORT: last('EXPOSE').rest });
});

test('its memory is as small as that of `npm start`', () => {
  const [flags = '', arenas = ''] = [/ node (.*) /, /(MALLOC_ARENA_MAX=\d+) /].map(
    (part) => part.exec(manifest.scripts.start)?.[1],
  );
  expect(last('CMD').words?.slice(1, -1)).toEqual(flags.split(' '));
  expect(last('ENV').rest).toContain(arenas);
  expect(arenas).not.toBe('');
});

test.each([
  ['package.json', true],
  ['src/main.ts', true],
  ['schema/operations/reply-as-admin.graphql', true],
  ['.env', false],
  ['.git/config', false],
  ['node_modules/node/index.js', false],
  ['dist/main.js', false],
  ['test/dockerfile.test.ts', false],
  ['key.pem', false],
  ['src.pem', false],
])('%s goes into the build: %s', (path, isIn) => {
  expect(isInContext(path)).toBe(isIn);
});

describe.skipIf(isRegistryMissing)('the image (needs a registry of npm)', () => {
  let image: Stage;
  const app = (path: string) => join(image.folder, image.workdir, path);

  beforeAll(async () => {
    const repository = await copyRepository();
    for (const [path, text] of [
      ['.env', 'DASHLY_TOKEN=secret'],
      ['dist/left-over.js', ''],
      ['src/../id.pem', ''],
    ] as const) {
      await mkdir(join(repository, path, '..'), { recursive: true });
      await writeFile(join(repository, path), text);
    }
    const context = await makeFolder();
    await cp(repository, context, {
      recursive: true,
      filter: (source) => source === repository || isInContext(relative(repository, source)),
    });
    image = await build(context);
  });
  afterAll(cleanUp);

  test('has what the gateway runs from, and nothing else', () => {
    expect(readdirSync(app('.')).sort()).toEqual([
      'LICENSE',
      'dist',
      'node_modules',
      'package.json',
      'schema',
    ]);
    expect(readdirSync(image.folder)).toEqual([image.workdir.slice(1)]);
    const built = pathsIn(app('dist'));
    expect(built.filter((path) => !path.startsWith('graphiql/') && !/\.(?:js|d\.ts)$/.test(path))).toEqual(
      [],
    );
    expect(built).toContain('graphiql/manifest.json');
    expect(built).not.toContain('left-over.js');
    expect(pathsIn(image.folder).filter((path) => /(?:^|\/)\.env$|id\.pem$/.test(path))).toEqual([]);
  });

  test('has the versions of the lock file, and no package of the development', () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    for (const [path, { dev, optional, version }] of Object.entries<Record<string, unknown>>(packages)) {
      if (path === '' || optional) continue;
      const there = existsSync(app(`${path}/package.json`));
      expect([path, there]).toEqual([path, !dev]);
      if (there)
        expect([path, JSON.parse(readFileSync(app(`${path}/package.json`), 'utf8')).version]).toEqual([
          path,
          version,
        ]);
    }
  });

  test('answers, is healthy, and ends with 0 at the signal', async () => {
    const [command = '', ...args] = last('CMD').words ?? [];
    const [check = '', ...checkArgs] = last('HEALTHCHECK').words ?? [];
    const uid = Number(last('USER').rest.split(':')[0]);
    const env = { ...image.env, PORT: String(await freePort()) };
    const options = { cwd: app('.'), uid, env: { ...env, DASHLY_API_URL: 'sandbox' } };
    await expect(run(check, checkArgs, options)).rejects.toThrow();
    const { origin, child, ended } = await startService(command, args, options);
    expect(new URL(origin).port).toBe(env.PORT);
    const query =
      'mutation { replyToConversation(input: { conversationId: "1", body: "Hi" }) { __typename } }';
    for (const _time of [1, 2]) {
      expect((await askJson(`${origin}/graphql`, { query })).text).toContain('"ReplyToConversationPayload"');
      expect(await run(check, checkArgs, options)).toBe('');
    }
    // It is for production.
    expect((await ask(`${origin}/graphql`, { headers: { accept: 'text/html' } })).text).not.toContain(
      'GraphiQL',
    );
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await expect(run(check, checkArgs, options)).rejects.toThrow();
  });

  test('wants to be told where replies go', async () => {
    const [command = '', ...args] = last('CMD').words ?? [];
    const started = run(command, args, { cwd: app('.'), env: image.env });
    await expect(started).rejects.toThrow(/DASHLY_API_URL has to be set in production/);
  });
});
