/** The npm package: its files, and its use in an empty project as a command, as a library and by TypeScript. */

import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { blocksBelow } from './docs/sections.ts';
import { ask, askJson } from './support/gateway/ask.ts';
import { startGateway } from './support/gateway/start-gateway.ts';
import {
  cleanUp,
  copyRepository,
  isRegistryMissing,
  makeFolder,
  root,
  run,
  startService,
} from './support/process/npm.ts';
import { packClient } from './support/process/pack-client.ts';
import { until } from './support/until.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const query = 'mutation { replyToConversation(input: { conversationId: "1", body: "Hi" }) { __typename } }';
const sent = '{"data":{"replyToConversation":{"__typename":"ReplyToConversationPayload"}}}';

/** The paths of the files below a folder of the repository. */
function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
}

let packed: { readonly filename: string; readonly files: readonly { readonly path: string }[] };
let tarball = '';

beforeAll(async () => {
  const repository = await copyRepository();
  await symlink(join(root, 'node_modules'), join(repository, 'node_modules'));
  await mkdir(join(repository, 'dist'));
  await writeFile(join(repository, 'dist/left-over.js'), '');
  const destination = await makeFolder();
  const output = await run('npm', ['pack', '--json', '--pack-destination', destination], { cwd: repository });
  // The scripts print before the JSON.
  [packed] = JSON.parse(output.slice(output.indexOf('\n[') + 1));
  tarball = join(destination, packed.filename);
});
afterAll(cleanUp);

test('contains the compiled source, the schema, the files for operators and the documents only', () => {
  const source = filesIn('src').filter((path) => !path.startsWith('src/graphiql/'));
  const compiled = source
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .map((path) => path.replace(/^src/, 'dist'))
    .flatMap((path) => ['.js', '.d.ts'].map((ending) => path.replace(/\.ts$/, ending)));
  const loaded = source.filter((path) => /\.(?:json|yaml)$/.test(path) && !path.includes('tsconfig'));
  const copied = source
    .filter((path) => /\.(?:css|js)$/.test(path))
    .map((path) => path.replace(/^src/, 'dist'));
  const documents = filesIn('schema').filter((path) =>
    /^schema\/(?:operations\/|[^/]*\.graphql$|trusted-documents\.json$)/.test(path),
  );
  const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
  const isOfGraphiQL = (path: string) => path.startsWith('dist/graphiql/');
  const paths = packed.files.map(({ path }) => path);
  expect(paths.filter((path) => !isOfGraphiQL(path)).sort()).toEqual(
    [...compiled, ...copied, ...documents, ...loaded, ...papers].sort(),
  );
  expect(new Set(paths.filter(isOfGraphiQL).map((path) => path.replace(/^.*\./, '')))).toEqual(
    new Set(['json', 'js', 'css', 'svg', 'ttf', 'woff2']),
  );
});

const apollo3 = {
  packages: ['@apollo/client@3', 'apollo-upload-client@18'],
  imports: `
    import { ApolloClient, InMemoryCache } from '@apollo/client/core/index.js';
    import { createPersistedQueryLink } from '@apollo/client/link/persisted-queries/index.js';
    import createUploadLink from 'apollo-upload-client/createUploadLink.mjs';
    const persisted = createPersistedQueryLink({ sha256 });
    const http = createUploadLink({ uri, headers });
  `,
};
const apollo4 = {
  packages: ['@apollo/client@4', 'apollo-upload-client@20', 'rxjs@7'],
  imports: `
    import { ApolloClient, InMemoryCache } from '@apollo/client';
    import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
    import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
    const persisted = new PersistedQueryLink({ sha256 });
    const http = new UploadHttpLink({ uri, headers });
  `,
};

describe.skipIf(isRegistryMissing).each([
  { graphql: '16.8.1', client: apollo3, fits: false },
  { graphql: '16.15.0', client: apollo4, fits: true },
  { graphql: '16', client: apollo4, fits: true },
  { graphql: '17', client: apollo4, fits: false },
])('next to graphql $graphql (needs an npm registry)', ({ graphql, client, fits }) => {
  const command = 'node_modules/.bin/dashly-graphql-gateway';
  let project = '';

  beforeAll(async () => {
    project = await makeFolder();
    await run('npm', ['init', '-y'], { cwd: project });
    const { tarball: clientTarball } = await packClient();
    const packages = [tarball, clientTarball, `graphql@${graphql}`, ...client.packages];
    // Without this option npm installs no version of graphql that does not fit.
    const options = ['--prefer-offline', '--no-audit', '--no-fund', '--legacy-peer-deps'];
    await run('npm', ['install', ...options, ...packages], { cwd: project });
  });

  test('one graphql is installed', async () => {
    const lock = readFileSync(join(project, 'package-lock.json'), 'utf8');
    const copies = Object.keys(JSON.parse(lock).packages).filter((path) => path.endsWith('/graphql'));
    expect(copies).toEqual(['node_modules/graphql']);
  });

  const starts = async () => {
    const { origin } = await startService(command, [], { cwd: project, env: { PORT: '0' } });
    expect(await askJson(`${origin}/graphql`, { query })).toMatchObject({ status: 200, text: sent });
  };

  const refuses = async () => {
    const { version } = JSON.parse(readFileSync(join(project, 'node_modules/graphql/package.json'), 'utf8'));
    const line = `The gateway needs graphql 16.15 or a later 16, but ${version} is installed: run "npm install graphql@16".`;
    const started = await run(command, [], { cwd: project, env: { PORT: '0' } }).catch(
      (error: Error) => error,
    );
    expect(
      String(started)
        .split('\n')
        .filter((text) => text !== ''),
    ).toEqual([expect.any(String), line]);
    const library = `import { createGateway } from 'dashly-graphql-gateway';
      await createGateway({ dashlyApiUrl: 'sandbox' }).catch(({ message }) => console.log(message));`;
    const args = ['--input-type=module', '-e', library];
    expect(await run(process.execPath, args, { cwd: project })).toBe(`${line}\n`);
  };

  if (fits) test('the gateway sends a reply', starts);
  else test('the gateway reports in one line which graphql was found and which it needs', refuses);

  test('Apollo Client sends the ids of the documents in the client package, also with a file', async () => {
    const manifestOfClient = join(project, 'node_modules/dashly-graphql-client/trusted-documents.json');
    const gateway = await startGateway({ TRUSTED_DOCUMENTS: manifestOfClient });
    const source = `
      import { createHash } from 'node:crypto';
      import { possibleTypes } from 'dashly-graphql-client';
      import { ReplyAsAdminDocument, SendAttachmentDocument } from 'dashly-graphql-client/documents';
      const uri = '${gateway.url}';
      const headers = { authorization: 'Token sandbox', 'apollo-require-preflight': 'true' };
      const sha256 = (text) => createHash('sha256').update(text).digest('hex');
      ${client.imports}
      const apollo = new ApolloClient({ link: persisted.concat(http), cache: new InMemoryCache({ possibleTypes }) });
      const to = { conversationId: '1', from: { adminId: '8164' }, body: 'Hi' };
      const file = new File(['a file'], 'a.txt');
      const text = await apollo.mutate({ mutation: ReplyAsAdminDocument, variables: to });
      const upload = await apollo.mutate({ mutation: SendAttachmentDocument, variables: { ...to, file } });
      for (const { data } of [text, upload]) console.log(data.replyToConversation.__typename);
      apollo.stop();
    `;
    await writeFile(join(project, 'client.mjs'), source);
    const name = 'ReplyToConversationPayload\n';
    expect(await run(process.execPath, ['client.mjs'], { cwd: project })).toBe(name + name);
    expect(gateway.sandbox?.received.map(({ file }) => file?.filename)).toEqual([undefined, 'a.txt']);
  });
});

describe.skipIf(isRegistryMissing)('in an empty project (needs an npm registry)', () => {
  let project = '';
  const installed = (path: string) => join(project, 'node_modules/dashly-graphql-gateway', path);

  beforeAll(async () => {
    project = await makeFolder();
    await run('npm', ['init', '-y'], { cwd: project });
    await run('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: project });
  });

  test('installs its dependencies, but no development dependencies', async () => {
    const listed = JSON.parse(await run('npm', ['ls', '--all', '--json'], { cwd: project }));
    expect(listed.problems).toBeUndefined();
    const { dependencies } = listed.dependencies['dashly-graphql-gateway'];
    expect(Object.keys(dependencies).sort()).toEqual(
      [...Object.keys(manifest.dependencies), 'graphql'].sort(),
    );
    const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
    const names = Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, ''));
    expect(names).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
    // Dependencies have these, too.
    expect(Object.keys(manifest.devDependencies).filter((name) => names.includes(name))).toEqual([
      '@graphql-typed-document-node/core',
      'busboy',
    ]);
  });

  test('imports only files and packages that exist', () => {
    for (const { path } of packed.files.filter((file) => /\.(?:js|d\.ts)$/.test(file.path))) {
      const text = readFileSync(installed(path), 'utf8');
      expect([path, /sourceMappingURL/.test(text)]).toEqual([path, false]);
      for (const [, name = ''] of text.matchAll(/^(?:import|export)\b(?:[^;']*\bfrom)? '([^']+)';$/gm)) {
        if (name.startsWith('.')) {
          const target = join(path, '..', name).replace(/(?<!\.d)\.ts$/, '.d.ts');
          expect([path, name, packed.files.some((file) => file.path === target)]).toEqual([path, name, true]);
        } else if (!name.startsWith('node:')) {
          const [scope = '', rest = ''] = name.split('/');
          const packageName = scope.startsWith('@') ? `${scope}/${rest}` : scope;
          expect([path, [...Object.keys(manifest.dependencies), 'graphql']]).toEqual([
            path,
            expect.arrayContaining([packageName]),
          ]);
        }
      }
    }
  });

  test.each([
    ['npx', ['--no', 'dashly-graphql-gateway']],
    ['node_modules/.bin/dashly-graphql-gateway', []],
  ])('%s starts it', async (command, args) => {
    const { origin, child, ended } = await startService(command, args, { cwd: project, env: { PORT: '0' } });
    for (const _time of [1, 2]) {
      expect(await askJson(`${origin}/graphql`, { query })).toMatchObject({ status: 200, text: sent });
      expect((await ask(`${origin}/health`)).status).toBe(200);
    }
    const page = await ask(`${origin}/graphql`, { headers: { accept: 'text/html' } });
    expect(page.text).toContain('mutation ReplyAsAdmin');
    const script = /<script type="module" src="([^"]+)"/.exec(page.text)?.[1] ?? '';
    expect((await ask(new URL(script, `${origin}/graphql`).href)).status).toBe(200);
    child.kill('SIGTERM');
    // The shell of npx may end by the signal without forwarding it; the gateway still stops.
    expect(command === 'npx' ? [0, 143, 'SIGTERM'] : [0]).toContain(await ended);
    await until(() => expect(ask(`${origin}/health`)).rejects.toThrow());
  });

  test('the commands of the page for operators install, check and start it', async () => {
    const [block = ''] = blocksBelow('docs/production.md', 'Command', 'sh');
    const path = `/path/to/${manifest.name}-${manifest.version}.tgz`;
    for (const text of [path, 'PORT=4000']) expect(block).toContain(text);
    const lines = block.replace(path, tarball).replace('PORT=4000', 'PORT=0').trim().split('\n');
    const start = lines.pop() ?? '';
    const folder = await makeFolder();
    expect(await run('sh', ['-ec', lines.join('\n')], { cwd: folder })).toMatch(
      /\nThe configuration is valid\.\n$/,
    );
    const { origin } = await startService('sh', ['-c', start], { cwd: folder });
    expect(await askJson(`${origin}/graphql`, { query })).toMatchObject({ status: 200, text: sent });
  });

  test('a Node.js that is too old gets one line, under npx too', async () => {
    const old = `node-${process.platform}-${process.arch}`;
    const folder = await makeFolder();
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, `${old}@16.20.2`], {
      cwd: folder,
    });
    const node = join(folder, 'node_modules', old, 'bin/node');
    const line = /\ndashly-graphql-gateway needs Node\.js 22\.19 or later, but this is 16\.20\.2\.\n$/;
    const command = installed('dist/main.js');
    await expect(run(node, [command], { cwd: project })).rejects.toThrow(line);
    // npx puts this folder first in the path of its command.
    const shadow = join(project, 'node_modules/.bin/node');
    await symlink(node, shadow);
    try {
      await expect(run('npx', ['--no', 'dashly-graphql-gateway'], { cwd: project })).rejects.toThrow(
        /this is 16\.20\.2\.\n/,
      );
    } finally {
      await rm(shadow);
    }
  });

  test('an invalid variable ends the command with one line', async () => {
    const command = run('node_modules/.bin/dashly-graphql-gateway', [], { cwd: project, env: { PORT: 'x' } });
    await expect(command).rejects.toThrow(/\nPORT must be an integer between 0 and 65535, but is "x"\.\n$/);
  });

  test('npx checks Dashly with it', async () => {
    const env = { DASHLY_API_URL: 'sandbox', DASHLY_TOKEN: 'sandbox' };
    const args = ['dashly-graphql-gateway', 'check', '--conversation', '1', '--yes'];
    expect(await run('npx', args, { cwd: project, env })).toMatch(/\n\d+ as documented, 0 different\.\n$/);
  });

  test('its handler works next to a route of the server', async () => {
    const server = `
      import { createServer } from 'node:http';
      import { createGateway } from 'dashly-graphql-gateway';

      const gateway = await createGateway({ dashlyApiUrl: 'sandbox' });
      const server = createServer((request, response) => {
        if (request.url === '/hello') response.end('Hello!');
        else gateway.handler(request, response);
      });
      server.listen(0, () => console.log('http://localhost:' + server.address().port));
      process.once('SIGTERM', async () => {
        gateway.drain();
        server.close();
        await gateway.stop();
        console.log('stopped');
      });
    `;
    await writeFile(join(project, 'server.mjs'), server);
    // The environment is ignored.
    const env = { PORT: '-1', DASHLY_API_URL: 'nonsense', NODE_ENV: 'development' };
    const { origin, child, ended } = await startService(process.execPath, ['server.mjs'], {
      cwd: project,
      env,
    });
    for (const _time of [1, 2]) {
      expect((await ask(`${origin}/hello`)).text).toBe('Hello!');
      expect(await askJson(`${origin}/graphql`, { query })).toMatchObject({ status: 200, text: sent });
      expect((await ask(`${origin}/ready`)).status).toBe(200);
    }
    child.kill('SIGTERM');
    // The gateway leaves nothing open that keeps the process running.
    expect(await ended).toBe(0);
  });

  test('exports the schema, but no internal modules', async () => {
    const evaluate = (code: string) =>
      run(process.execPath, ['--input-type=module', '-e', code], { cwd: project });
    const schema = await evaluate(`
      import { readFileSync } from 'node:fs';
      const url = import.meta.resolve('dashly-graphql-gateway/schema/schema.graphql');
      process.stdout.write(readFileSync(new URL(url), 'utf8'));
    `);
    expect(schema).toBe(readFileSync(join(root, 'schema/schema.graphql'), 'utf8'));
    await expect(evaluate(`import 'dashly-graphql-gateway/dist/gateway.js';`)).rejects.toThrow(
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    );
    // CommonJS can load it, too.
    const code = `console.log(Object.keys(require('dashly-graphql-gateway')))`;
    expect(await run(process.execPath, ['--input-type=commonjs', '-e', code], { cwd: project })).toBe(
      `[ 'createGateway' ]\n`,
    );
  });

  test.each(['nodenext', 'bundler'])(
    'its types compile in a strict project with %s',
    async (moduleResolution) => {
      const source = `
      import { createServer } from 'node:http';
      import { createGateway, type GatewayOptions, type MountedGateway } from 'dashly-graphql-gateway';

      const options: GatewayOptions = {
        dashlyApiUrl: new URL('https://api.dashly.app/v2'),
        dashlyToken: process.env['DASHLY_TOKEN'],
        jwtSecret: 'secret',
        jwtIssuer: 'https://login.example',
        apiKeyHashes: ['00'],
        corsOrigins: ['https://shop.example'] as const,
        rateLimitAppliesTo: ['jwt', 'api-key'],
        uploadMaxBytes: 1_000_000,
        graphiql: false,
        trustedDocuments: new URL('./documents.json', import.meta.url),
        logError: (message, error) => console.error(message.length, error),
      };
      const gateway: MountedGateway = await createGateway(options);
      createServer(gateway.handler);
      const done: Promise<void> = gateway.stop();
      gateway.drain();

      // @ts-expect-error: a name that is written wrong
      await createGateway({ dashlyTokn: 'x' });
      // @ts-expect-error: a variable of the process
      await createGateway({ port: 4000 });
      // @ts-expect-error: a text for a number
      await createGateway({ uploadMaxBytes: '1' });
      // @ts-expect-error: a text for a list
      await createGateway({ corsOrigins: 'https://shop.example' });
      // @ts-expect-error: a word that is not in the list
      await createGateway({ rateLimitAppliesTo: ['admin'] });
      // @ts-expect-error: no text
      await createGateway({ jwtSecret: null });
      export { done };
    `;
      const compilerOptions = {
        target: 'es2022',
        module: moduleResolution === 'bundler' ? 'esnext' : 'nodenext',
        moduleResolution,
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        noEmit: true,
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
      };
      await writeFile(join(project, 'use.mts'), source);
      await writeFile(
        join(project, 'tsconfig.json'),
        JSON.stringify({ compilerOptions, files: ['use.mts'] }),
      );
      expect(await run(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], { cwd: project })).toBe('');
    },
  );
});
