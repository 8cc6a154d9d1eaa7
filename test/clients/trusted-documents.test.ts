/** Clients that send the id of a document in place of its text: the ids of the manifest are those that they compute. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ApolloClient, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { cacheExchange, createClient, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
// @ts-expect-error Its types are in comments only, which the compiler reads in packages only with `allowJs`.
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import {
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { type DocumentNode as DocumentNode17, print as printAs17 } from 'graphql-17';
import { describe, expect, onTestFinished, test } from 'vitest';
import * as documents from '../../schema/documents.ts';
import { possibleTypes } from '../../schema/possible-types.ts';
import type { TypedDocument } from '../../schema/typed-document.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { extractFiles, multipartForm } from './libraries/multipart-form.ts';

const manifest = fileURLToPath(new URL('../../schema/trusted-documents.json', import.meta.url));
const headers = { authorization: 'Token sandbox', 'apollo-require-preflight': 'true' };

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

type AnyDocument = TypedDocument<object, Record<string, unknown>>;
type Variables = Record<string, unknown>;

/** Rejects if there is an error. `fetch` watches what is sent. */
type Send = (document: AnyDocument, variables: Variables) => Promise<unknown>;
type CreateSend = (url: string, watchedFetch: typeof fetch) => Send;

const withUrql: CreateSend = (url, watchedFetch) => {
  const client = createClient({
    url,
    fetch: watchedFetch,
    fetchOptions: { headers },
    exchanges: [
      cacheExchange,
      persistedExchange({ enforcePersistedQueries: true, enableForMutation: true }),
      fetchExchange,
    ],
  });
  return async (document, variables) => {
    const kind = operationOf(document).operation === 'query' ? 'query' : 'mutation';
    const { data, error } = await client[kind](document, variables);
    if (error) throw error;
    return data;
  };
};

const withApollo: CreateSend = (url, watchedFetch) => {
  const http = new UploadHttpLink({ uri: url, headers, fetch: watchedFetch });
  const client = new ApolloClient({
    link: new PersistedQueryLink({ sha256 }).concat(http),
    cache: new InMemoryCache({ possibleTypes }),
  });
  onTestFinished(() => client.stop());
  return async (document, variables) => {
    const isQuery = operationOf(document).operation === 'query';
    const result = isQuery
      ? await client.query({ query: document, variables })
      : await client.mutate({ mutation: document, variables });
    return result.data;
  };
};

const withFetch: CreateSend = (url, watchedFetch) => async (document, given) => {
  const { variables, files } = extractFiles(given);
  const params = { documentId: document.__meta__.hash, variables };
  const isForm = Object.keys(files).length > 0;
  const response = await watchedFetch(url, {
    method: 'POST',
    headers: isForm ? headers : { ...headers, 'content-type': 'application/json' },
    body: isForm ? multipartForm(params, files) : JSON.stringify(params),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
};

function operationOf(document: AnyDocument): OperationDefinitionNode {
  const operation = getOperationAST(document);
  if (!operation) throw new Error('No operation.');
  return operation;
}

const values: Variables = {
  conversationId: '1',
  from: { adminId: '8164' },
  userId: '42',
  body: 'Hi',
  actions: [{ quickReply: { body: 'Yes' } }],
  input: { conversationId: '1', body: 'Hi', attachment: { file: new File(['a file'], 'a.txt') } },
  file: new File(['a file'], 'a.txt'),
};

/** Those that the operation declares and that have a value here. */
function variablesOf(document: AnyDocument): Variables {
  const names = operationOf(document).variableDefinitions?.map(({ variable }) => variable.name.value) ?? [];
  return Object.fromEntries(names.filter((name) => name in values).map((name) => [name, values[name]]));
}

async function textOf(body: unknown): Promise<string> {
  return body instanceof FormData ? String(body.get('operations')) : String(body ?? '');
}

const cases = Object.entries(documents).map(([name, document]) => [name, document as AnyDocument] as const);

describe.each<[string, CreateSend]>([
  ['urql with persistedExchange', withUrql],
  ['Apollo Client with PersistedQueryLink', withApollo],
  ['fetch', withFetch],
])('%s', (_name, create) => {
  test.each(cases)('sends the id of %s only', async (_document, document) => {
    const gateway = await startGateway({ TRUSTED_DOCUMENTS: manifest });
    const sent: string[] = [];
    const send = create(gateway.url, async (target, init) => {
      sent.push(`${target} ${await textOf(init?.body)}`);
      return fetch(target, init);
    });
    const data = await send(document, variablesOf(document));
    expect(JSON.stringify(data)).toMatch(
      /"__typename":"(?:ReplyToConversationPayload|Conversation|ReplyLimits)"/,
    );
    expect(sent).toEqual([expect.stringContaining(document.__meta__.hash)]);
    expect(sent[0]).not.toContain('conversationId:');
    const isUpload =
      JSON.stringify(document.definitions).includes('"Upload"') || _document === 'ReplyDocument';
    expect(gateway.sandbox?.received.flatMap(({ file }) => file?.filename ?? [])).toEqual(
      isUpload ? ['a.txt'] : [],
    );
  });
});

test.each(cases)('%s has the ids that graphql 16 and 17 print', (_document, document) => {
  const texts = [print(document), printAs17(document as unknown as DocumentNode17)];
  const trusted = JSON.parse(readFileSync(manifest, 'utf8'));
  expect(texts.map((text) => trusted[sha256(text)])).toEqual(texts);
  expect(document.__meta__.hash).toBe(sha256(print(document)));
});

test.each(cases)('%s selects `__typename` in every selection but the first', (_document, document) => {
  const without: SelectionSetNode[] = [];
  visit(document, {
    SelectionSet(node) {
      const names = node.selections.map((it) => (it.kind === Kind.FIELD ? it.name.value : ''));
      if (!names.includes('__typename')) without.push(node);
    },
  });
  expect(without).toEqual([operationOf(document).selectionSet]);
});
