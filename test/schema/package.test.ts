/** The client package: what it contains, and its use in strict frontends without any other package. */

import { readFileSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { cleanUp, makeFolder, root, run } from '../support/process/npm.ts';
import { packClient } from '../support/process/pack-client.ts';

vi.setConfig({ hookTimeout: 300_000 });

const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const manifest = read('schema/package.json');

let tarball = '';
let paths: readonly string[] = [];
let project = '';

/** A project into which the package is unpacked, without any other package. */
beforeAll(async () => {
  const packed = await packClient();
  ({ tarball, paths } = packed);
  project = await makeFolder();
  const installed = join(project, 'node_modules/dashly-graphql-client');
  await mkdir(installed, { recursive: true });
  await run('tar', ['xzf', packed.tarball, '--strip-components=1', '-C', installed], { cwd: project });
});
afterAll(cleanUp);

test('has the version and the license of the gateway', () => {
  const { version, license } = read('package.json');
  expect([manifest.version, manifest.license]).toEqual([version, license]);
  expect(paths).toContain('LICENSE');
});

test('installs nothing and runs nothing', () => {
  const { dependencies, optionalDependencies, bin, scripts, sideEffects } = manifest;
  expect([dependencies, optionalDependencies, bin, sideEffects]).toEqual([
    undefined,
    undefined,
    undefined,
    false,
  ]);
  expect(Object.keys(scripts).filter((name) => /^(?:pre|post)?(?:install|prepare)$/.test(name))).toEqual([]);
});

test('adds one package to a project', async () => {
  const empty = await makeFolder();
  await writeFile(join(empty, 'package.json'), '{}');
  await run('npm', ['install', '--offline', '--no-audit', tarball], { cwd: empty });
  const { packages } = JSON.parse(readFileSync(join(empty, 'package-lock.json'), 'utf8'));
  expect(Object.keys(packages)).toEqual(['', 'node_modules/dashly-graphql-client']);
});

test('needs graphql for parsed documents only, 16 or 17', () => {
  expect(manifest.peerDependencies).toEqual({ graphql: '^16.0.0 || ^17.0.0' });
  expect(manifest.peerDependenciesMeta).toEqual({ graphql: { optional: true } });
});

test('contains the compiled modules and the files for tools only', () => {
  const modules = [
    'client',
    'documents',
    'fragments',
    'match-reply',
    'may-retry',
    'operations',
    'possible-types',
  ]
    .concat('fetch-with-progress', 'send-reply', 'typed-document', 'typed-document-string')
    .flatMap((name) => [`dist/${name}.d.ts`, `dist/${name}.js`]);
  const others = ['LICENSE', 'README.md', 'package.json', 'schema.graphql', 'trusted-documents.json'];
  const operations = paths.filter((path) => /^operations\/.*\.graphql$/.test(path));
  expect(operations).toContain('operations/fragments.graphql');
  expect(paths.toSorted()).toEqual([...modules, ...others, ...operations].sort());
});

describe.each(['nodenext', 'bundler'])('with %s', (moduleResolution) => {
  test('its texts and helpers compile strictly without graphql and without the types of Node.js', async () => {
    const source = `
      import { matchReply, mayRetry, possibleTypes, type Reply } from 'dashly-graphql-client';
      import { ReplyResult } from 'dashly-graphql-client/fragments';
      import { ReplyDocument, type SendAttachmentMutation, type SendAttachmentMutationVariables } from 'dashly-graphql-client/operations';
      import { sendReply } from 'dashly-graphql-client/send-reply';
      import { fetchWithProgress } from 'dashly-graphql-client/fetch-with-progress';

      const variables: SendAttachmentMutationVariables = {
        conversationId: '1',
        file: new File(['See you on Monday.'], 'note.txt'),
      };
      // @ts-expect-error: no file
      const noFile: SendAttachmentMutationVariables = { ...variables, file: 'note.txt' };
      declare const answer: SendAttachmentMutation;
      const reply: Reply = answer.replyToConversation;
      const again: boolean = mayRetry(reply) || mayRetry(reply, { sameKey: true });
      const input = { conversationId: '1', body: 'Hi', idempotencyKey: 'key' };
      const signal = new AbortController().signal;
      const same: Reply = await sendReply(ReplyDocument, input, { url: '/graphql', signal, onProgress: (sent) => sent.toFixed() });
      const text: string = ReplyResult;
      const watched: typeof fetch = fetchWithProgress(() => {});
      export { noFile, again, same, text, watched, possibleTypes, matchReply };
    `;
    expect(await compile(source, moduleResolution)).toBe('');
  });

  test('the first error of the compiler names the member without a case', async () => {
    const source = `
      import { matchReply, type Reply } from 'dashly-graphql-client';
      declare const reply: Reply;
      export const text = matchReply(reply, {
        ReplyToConversationPayload: ({ part }) => part.body,
        ReplyTooBigError: ({ bodyLength }) => String(bodyLength),
        InvalidReplyError: ({ issues }) => issues.map(({ message }) => message).join(),
        ReplyTargetNotFoundError: ({ message }) => message,
        NotAuthenticatedError: ({ message }) => message,
        PermissionDeniedError: ({ message }) => message,
        AttachmentTooBigError: ({ maxBytes }) => String(maxBytes),
        DashlyRejectedError: ({ code }) => code,
        DashlyUnavailableError: ({ reason }) => reason,
        IdempotencyConflictError: ({ message }) => message,
        GatewayUnavailableError: ({ gatewayReason }) => gatewayReason,
      });
    `;
    const [first = ''] = (await compile(source, moduleResolution)).match(/^.*error TS.*$/m) ?? [];
    expect(first).toMatch(/not assignable to parameter of type '"No case for TooManyRequestsError"'\.$/);
    const complete = source.replace(
      'DashlyRejectedError:',
      'TooManyRequestsError: () => "", DashlyRejectedError:',
    );
    expect(await compile(complete, moduleResolution)).toBe('');
  });
});

describe.each(['graphql', 'graphql-17'])('with the package %s of this repository as graphql', (name) => {
  beforeAll(async () => {
    await symlink(join(root, 'node_modules', name), join(project, 'node_modules/graphql'));
  });
  afterAll(() => rm(join(project, 'node_modules/graphql')));

  test.each(['nodenext', 'bundler'])('its parsed documents compile strictly with %s', async (resolution) => {
    const source = `
      import { type DocumentNode, print } from 'graphql';
      import { ReplyDocument } from 'dashly-graphql-client/documents';
      import type { ReplyMutation, ReplyMutationVariables } from 'dashly-graphql-client/operations';

      /** As clients declare it. */
      interface TypedDocumentNode<Result, Variables> extends DocumentNode {
        __apiType?: (variables: Variables) => Result;
      }
      const document: TypedDocumentNode<ReplyMutation, ReplyMutationVariables> = ReplyDocument;
      const id: string = ReplyDocument.__meta__.hash;
      const text: string = print(ReplyDocument);
      // @ts-expect-error: another result
      const other: TypedDocumentNode<{ replyLimits: string }, ReplyMutationVariables> = ReplyDocument;
      export { document, id, text, other };
    `;
    expect(await compile(source, resolution)).toBe('');
  });
});

test('its modules run, and the ids are those of its manifest', async () => {
  const source = `
    import { createRequire } from 'node:module';
    import { matchReply } from 'dashly-graphql-client';
    import * as documents from 'dashly-graphql-client/documents';
    import * as operations from 'dashly-graphql-client/operations';
    const manifest = createRequire(import.meta.url)('dashly-graphql-client/trusted-documents.json');
    const names = Object.keys(operations);
    const ids = names.map((name) => operations[name].__meta__.hash);
    console.log(names.length, ids.every((id, i) => manifest[id] === String(operations[names[i]])));
    console.log(names.every((name, i) => documents[name].__meta__.hash === ids[i]), Object.keys(manifest).length);
    console.log(JSON.stringify(operations.ReplyDocument).startsWith('"mutation Reply('));
    const cases = { ReplyTooBigError: ({ message }) => message };
    console.log(matchReply({ __typename: 'ReplyTooBigError', message: 'Shorter.' }, cases));
  `;
  const args = ['--input-type=module', '-e', source];
  expect(await run(process.execPath, args, { cwd: project })).toBe('8 true\ntrue 13\ntrue\nShorter.\n');
});

/** The messages of the compiler. */
async function compile(source: string, moduleResolution: string): Promise<string> {
  const compilerOptions = {
    ...{ target: 'es2022', lib: ['es2022', 'dom'], types: [], strict: true },
    ...{ exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
    ...{ module: moduleResolution === 'bundler' ? 'esnext' : 'nodenext', moduleResolution },
  };
  await writeFile(join(project, 'use.mts'), source);
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.mts'] }));
  const args = ['-p', '.', '--pretty', 'false'];
  return run(join(root, 'node_modules/.bin/tsc'), args, { cwd: project }).catch(
    (error: Error) => error.message,
  );
}
