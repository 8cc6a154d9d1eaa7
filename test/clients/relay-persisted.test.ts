/** Relay's compiler writes a manifest of its own, since it prints documents differently; the gateway trusts that one. */

import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commitMutation, Environment, type FetchFunction, Network, RecordSource, Store } from 'relay-runtime';
import { afterAll, expect, test } from 'vitest';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { cleanUp, isRegistryMissing, makeFolder, root, run } from '../support/process/npm.ts';
import { multipartForm } from './libraries/multipart-form.ts';

const headers = { authorization: 'Token sandbox', 'apollo-require-preflight': 'true' };

const source = `
  import { graphql } from 'relay-runtime';
  graphql\`
    mutation composerReplyMutation($input: ReplyToConversationInput!) {
      replyToConversation(input: $input) {
        __typename
        ... on ReplyToConversationPayload { replayed part { id body } }
        ... on ReplyError { message delivery }
      }
    }
  \`;
`;

const configuration = {
  ...{ src: './src', schema: './schema.graphql', language: 'javascript', eagerEsModules: true },
  persistConfig: { file: './persisted.json', algorithm: 'SHA256' },
};

afterAll(cleanUp);

test.skipIf(isRegistryMissing)(
  'Relay sends ids by its persistConfig, also with a file (needs an npm registry)',
  async () => {
    const project = await makeFolder();
    await mkdir(join(project, 'src'));
    await cp(join(root, 'schema/schema.graphql'), join(project, 'schema.graphql'));
    await writeFile(join(project, 'package.json'), '{ "type": "module" }');
    await writeFile(join(project, 'relay.config.json'), JSON.stringify(configuration));
    await writeFile(join(project, 'persisted.json'), '{}');
    await writeFile(join(project, 'src/composer.js'), source);
    const options = ['--prefer-offline', '--no-audit', '--no-fund'];
    await run('npm', ['install', ...options, 'relay-compiler@21.0.1'], { cwd: project });
    await run('node_modules/.bin/relay-compiler', [], { cwd: project });
    const artifact = join(project, 'src/__generated__/composerReplyMutation.graphql.js');
    const { default: mutation } = await import(artifact);

    const gateway = await startGateway({ TRUSTED_DOCUMENTS: join(project, 'persisted.json') });
    const send: FetchFunction = async ({ id, text }, variables, _cacheConfig, uploadables) => {
      expect(text).toBeNull();
      const params = { documentId: id, variables };
      const body = uploadables ? multipartForm(params, uploadables) : JSON.stringify(params);
      const type = uploadables ? {} : { 'content-type': 'application/json' };
      const response = await fetch(gateway.url, { method: 'POST', headers: { ...headers, ...type }, body });
      return response.json();
    };
    const environment = new Environment({
      network: Network.create(send),
      store: new Store(new RecordSource()),
    });
    const reply = (input: object, uploadables: Record<string, File> | null) =>
      new Promise((onCompleted, onError) => {
        commitMutation(environment, { mutation, variables: { input }, uploadables, onCompleted, onError });
      });

    const input = { conversationId: '1', body: 'Hi' };
    const sent = { replyToConversation: { __typename: 'ReplyToConversationPayload', part: { body: 'Hi' } } };
    expect(await reply(input, null)).toMatchObject(sent);
    const files = { 'variables.input.attachment.file': new File(['a file'], 'a.txt') };
    expect(await reply({ ...input, attachment: { file: null } }, files)).toMatchObject(sent);
    expect(gateway.sandbox?.received.map(({ file }) => file?.filename)).toEqual([undefined, 'a.txt']);
    expect(Object.keys(JSON.parse(await readFile(join(project, 'persisted.json'), 'utf8')))).toHaveLength(1);
  },
);
