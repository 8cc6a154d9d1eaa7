/** With TRUSTED_DOCUMENTS a gateway accepts the documents of a manifest by their ids, and no others. */

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { ask, askJson, type HttpAnswer } from '../../support/gateway/ask.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { makeTemporaryFolder } from '../../support/make-temporary-folder.ts';
import { boundary, field, file, form, map } from '../../support/multipart-body.ts';
import { startUpstream } from '../../support/upstream/start-upstream.ts';

const reply =
  'mutation Reply($input: ReplyToConversationInput!) { replyToConversation(input: $input) { __typename } }';
const limits = 'query Limits { replyLimits { __typename } }';
const two = `${reply} ${limits}`;
const variables = { input: { conversationId: '7', body: 'Hi' } };
const sent = { data: { replyToConversation: { __typename: 'ReplyToConversationPayload' } } };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const byHash = (...documents: string[]) => Object.fromEntries(documents.map((text) => [sha256(text), text]));
const known = { ...byHash(reply, limits, two), 'reply/v1': reply, 'sha256:named': limits };

/** The path of a file with this content. */
function write(content: unknown): string {
  const path = join(makeTemporaryFolder(), 'manifest.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function startTrusting(manifest: unknown = known, environment: Record<string, string> = {}) {
  const upstream = await startUpstream();
  const gateway = await startGateway({
    DASHLY_API_URL: upstream.url,
    TRUSTED_DOCUMENTS: write(manifest),
    ...environment,
  });
  return { url: gateway.url, upstream };
}

const jsonOf = ({ text }: HttpAnswer) => JSON.parse(text);
const hash = (sha256Hash: unknown) => ({ persistedQuery: { version: 1, sha256Hash } });

describe('a document', () => {
  test.each<[name: string, params: object]>([
    ['documentId', { documentId: sha256(reply) }],
    ['documentId with the prefix sha256:', { documentId: `sha256:${sha256(reply)}` }],
    ['an id that is not a hash', { documentId: 'reply/v1' }],
    ['extensions.persistedQuery.sha256Hash', { extensions: hash(sha256(reply)) }],
    ['documentId that is null, and a hash', { documentId: null, extensions: hash(sha256(reply)) }],
    ['its id and its text', { documentId: sha256(reply), query: reply }],
    ['its hash and its text', { extensions: hash(sha256(reply)), query: reply }],
    ['its id, and null as its text', { documentId: sha256(reply), query: null }],
    ['its id and the name of its operation', { documentId: sha256(reply), operationName: 'Reply' }],
    ['its id and one of two operations', { documentId: sha256(two), operationName: 'Reply' }],
  ])('is accepted by %s, repeatedly', async (_name, params) => {
    const { url, upstream } = await startTrusting();
    for (const accept of [
      'application/json',
      'application/graphql-response+json',
      'application/json',
      '*/*',
    ]) {
      const answer = await askJson(url, { ...params, variables }, { accept });
      expect([answer.status, jsonOf(answer)]).toEqual([200, sent]);
    }
    expect(upstream.requests.map(({ path }) => path)).toEqual(Array(4).fill('/conversations/7/reply'));
  });

  test('whose id in the manifest has a prefix is accepted by that id', async () => {
    const { url } = await startTrusting();
    for (const _time of [1, 2]) expect((await askJson(url, { documentId: 'sha256:named' })).status).toBe(200);
    expect((await askJson(url, { documentId: 'named' })).status).toBe(400);
  });

  const noText = /accepts only registered documents/;
  const unknown = /Unknown document id/;
  const another = /does not match its id/;

  test.each<[name: string, params: unknown, message: RegExp]>([
    ['no id', { query: reply }, noText],
    ['nothing', {}, noText],
    ['extensions without a hash', { query: reply, extensions: { persistedQuery: {} } }, noText],
    ['extensions that are null', { query: reply, extensions: null }, noText],
    ['extensions that are a string', { query: reply, extensions: 'x' }, noText],
    ['a persistedQuery that is null', { query: reply, extensions: { persistedQuery: null } }, noText],
    ['a number as the id', { documentId: 5 }, noText],
    ['a list as the id', { documentId: [sha256(reply)] }, noText],
    ['an object as the hash', { extensions: hash({}) }, noText],
    ['a batch', [{ documentId: sha256(reply), variables }], /Batching is not supported/],
    ['an unknown id', { documentId: sha256('nope') }, unknown],
    ['an unknown id, and a known hash', { documentId: 'nope', extensions: hash(sha256(reply)) }, unknown],
    [
      'an unregistered text with its hash',
      { documentId: sha256('{ __typename }'), query: '{ __typename }' },
      unknown,
    ],
    ['an empty id', { documentId: '' }, unknown],
    ['an id in upper case', { documentId: sha256(reply).toUpperCase() }, unknown],
    ['another prefix', { documentId: `md5:${sha256(reply)}` }, unknown],
    ['the prefix twice', { documentId: `sha256:sha256:${sha256(reply)}` }, unknown],
    ['constructor as the id', { documentId: 'constructor' }, unknown],
    ['__proto__ as the id', { documentId: '__proto__' }, unknown],
    ['another text', { documentId: sha256(limits), query: reply }, another],
    ['another text with the hash', { extensions: hash(sha256(limits)), query: reply }, another],
    ['its text with an additional space', { documentId: sha256(reply), query: `${reply} ` }, another],
    ['an empty text', { documentId: sha256(reply), query: '' }, another],
    ['a text that is a list', { documentId: sha256(reply), query: [reply] }, another],
  ])('is rejected with %s, even if it is cached', async (_name, params, message) => {
    const { url, upstream } = await startTrusting();
    const full = Array.isArray(params) ? params : { variables, ...(params as object) };
    for (const round of [1, 2]) {
      for (const accept of ['*/*', 'application/json', 'application/graphql-response+json']) {
        const answer = await askJson(url, full, { accept });
        expect([answer.status, Object.keys(jsonOf(answer))]).toEqual([400, ['errors']]);
        expect(answer.text).toMatch(message);
      }
      await askJson(url, { documentId: sha256(reply), variables });
      expect(upstream.requests).toHaveLength(round);
    }
  });

  test('is accepted in a GET if it is a query', async () => {
    const { url, upstream } = await startTrusting();
    const get = (search: Record<string, string>) => ask(`${url}?${new URLSearchParams(search)}`);
    const id = sha256(limits);
    for (const search of [
      { documentId: id },
      { extensions: JSON.stringify(hash(id)) },
      { documentId: id, query: limits },
    ]) {
      expect(jsonOf(await get(search))).toEqual({ data: { replyLimits: { __typename: 'ReplyLimits' } } });
    }
    expect((await get({ query: limits })).status).toBe(400);
    expect((await get({ documentId: 'nope' })).status).toBe(400);
    expect((await get({ documentId: id, query: '{ __typename }' })).status).toBe(400);
    const mutation = await get({ documentId: sha256(reply), variables: JSON.stringify(variables) });
    expect(mutation.status).toBe(405);
    expect(upstream.requests).toEqual([]);
  });

  test('in a GET gets JSON in a browser, too', async () => {
    const { url } = await startTrusting();
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    for (const search of [
      { documentId: sha256(limits) },
      { extensions: JSON.stringify(hash(sha256(limits))) },
    ]) {
      const answer = await ask(`${url}?${new URLSearchParams(search)}`, { headers });
      expect(answer.headers['content-type']).toMatch(/^application\//);
      expect(jsonOf(answer).data).toBeDefined();
    }
  });
});

describe('files', () => {
  const headers = {
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'apollo-require-preflight': '1',
    authorization: 'Token sandbox',
  };
  const upload = (url: string, operations: object) => {
    const withFile = {
      ...operations,
      variables: { input: { conversationId: '7', attachment: { file: null } } },
    };
    const body = form(field('operations', JSON.stringify(withFile)), map(), file('the bytes'));
    return ask(url, { method: 'POST', headers, body });
  };

  test.each<[name: string, operations: object]>([
    ['documentId', { documentId: sha256(reply) }],
    ['the hash', { extensions: hash(sha256(reply)) }],
    ['the id and the text', { documentId: `sha256:${sha256(reply)}`, query: reply }],
  ])('are accepted with %s', async (_name, operations) => {
    const { url, upstream } = await startTrusting();
    for (const times of [1, 2]) {
      expect(jsonOf(await upload(url, operations))).toEqual(sent);
      expect(upstream.requests).toHaveLength(times);
      expect(upstream.requests.at(-1)?.body).toContain('the bytes');
    }
  });

  test.each<[name: string, operations: object]>([
    ['a text only', { query: reply }],
    ['an unknown id', { documentId: 'nope' }],
    ['an id and another text', { documentId: sha256(limits), query: reply }],
    ['an id of the wrong type', { documentId: 5, query: reply }],
  ])('are rejected with %s', async (_name, operations) => {
    const { url, upstream } = await startTrusting();
    await upload(url, { documentId: sha256(reply) });
    expect((await upload(url, operations)).status).toBe(400);
    expect(upstream.requests).toHaveLength(1);
  });
});

describe('as for any document,', () => {
  const replies = (count: number) =>
    `mutation { ${Array.from({ length: count }, (_, i) => `r${i}: replyToConversation(input: { conversationId: "1" }) { __typename }`).join(' ')} }`;
  const aliases = `{ ${Array.from({ length: 51 }, (_, i) => `a${i}: __typename`).join(' ')} }`;
  const documents = {
    five: replies(5),
    six: replies(6),
    aliases,
    tokens: `{ ${'__typename '.repeat(3_000)} }`,
    long: `{ __typename } #${'x'.repeat(65_536)}`,
  };

  test.each([
    ['six', 400, /more than 5 replies/],
    ['aliases', 400, /more than 50 aliases/],
    ['tokens', 400, /more than 3000 tokens/],
    ['long', 413, /longer than 65536/],
  ])('the limits apply: %s', async (documentId, status, message) => {
    const { url, upstream } = await startTrusting(documents);
    for (const accept of ['*/*', 'application/json', 'application/graphql-response+json', '*/*']) {
      const answer = await askJson(url, { documentId }, { accept });
      expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(message)]);
    }
    expect(upstream.requests).toEqual([]);
    expect((await askJson(url, { documentId: 'five' })).status).toBe(200);
    expect(upstream.requests).toHaveLength(5);
  });

  test('a document that is not GraphQL, or not of this schema, is rejected', async () => {
    const { url } = await startTrusting({ broken: '{', foreign: '{ nope }', empty: '' });
    for (const documentId of ['broken', 'foreign', 'empty']) {
      const answer = jsonOf(await askJson(url, { documentId }));
      expect([answer.data, answer.errors.length]).toEqual([undefined, 1]);
    }
  });

  test('introspection is accepted if it is registered, except in production', async () => {
    const documents = { schema: '{ __schema { queryType { name } } }' };
    const open = await startTrusting(documents);
    expect(jsonOf(await askJson(open.url, { documentId: 'schema' })).data).toBeDefined();
    expect((await askJson(open.url, { query: documents.schema })).status).toBe(400);
    const closed = await startTrusting(documents, { NODE_ENV: 'production' });
    expect(jsonOf(await askJson(closed.url, { documentId: 'schema' })).data).toBeUndefined();
  });
});

describe('the manifest', () => {
  const operations = [
    { id: sha256(reply), name: 'Reply', type: 'mutation', body: reply },
    { id: 'limits', name: 'Limits', type: 'query', body: limits },
  ];

  test.each<[name: string, manifest: unknown]>([
    ['of GraphQL Code Generator', { [sha256(reply)]: reply, limits }],
    ['of Apollo', { format: 'apollo-persisted-query-manifest', version: 1, operations }],
  ])('%s is read', async (_name, manifest) => {
    const { url } = await startTrusting(manifest);
    expect(jsonOf(await askJson(url, { extensions: hash(sha256(reply)), variables }))).toEqual(sent);
    expect(jsonOf(await askJson(url, { documentId: 'limits' })).data).toBeDefined();
    for (const documentId of ['format', 'version', 'operations', 'name']) {
      expect((await askJson(url, { documentId })).status).toBe(400);
    }
  });

  test('that begins with a byte order mark is read', async () => {
    const { url } = await startTrusting(`\ufeff${JSON.stringify(known)}`);
    expect((await askJson(url, { documentId: 'reply/v1', variables })).status).toBe(200);
  });

  const unreadable = expect.stringMatching(
    /^TRUSTED_DOCUMENTS must be the path of a readable file, but is ".*"\.$/,
  );
  const notJson = /^TRUSTED_DOCUMENTS must be the path of a JSON file, but is ".*"\.$/;
  const otherShape = /^TRUSTED_DOCUMENTS must be the path of a manifest with the content .*\.$/;

  test.each<[name: string, content: unknown, line: string | RegExp]>([
    ['nothing', '', notJson],
    ['not JSON', '{"a": "{ __typename }"', notJson],
    ['null', null, otherShape],
    ['a string', '"{ __typename }"', otherShape],
    ['a list', [reply], otherShape],
    ['a list of pairs', [{ id: 'a', body: reply }], otherShape],
    ['documents that are objects', { a: { body: reply } }, otherShape],
    ['documents that are null', { a: null }, otherShape],
    ['another format', { format: 'other', version: 1, operations }, otherShape],
    [
      'operations without a body',
      { format: 'apollo-persisted-query-manifest', operations: [{ id: 'a' }] },
      otherShape,
    ],
    [
      'operations without an id',
      { format: 'apollo-persisted-query-manifest', operations: [{ body: reply }] },
      otherShape,
    ],
  ])('with %s stops the start', (_name, content, line) => {
    expect(readConfig({ TRUSTED_DOCUMENTS: write(content) }).faults).toEqual([expect.stringMatching(line)]);
  });

  test.each([join(tmpdir(), 'not', 'there.json'), tmpdir()])(
    'that cannot be read stops the start: %s',
    (path) => {
      expect(readConfig({ TRUSTED_DOCUMENTS: path }).faults).toEqual([unreadable]);
    },
  );

  test('of this repository works, document by document', async () => {
    const path = fileURLToPath(new URL('../../../schema/trusted-documents.json', import.meta.url));
    const manifest: Record<string, string> = JSON.parse(readFileSync(path, 'utf8'));
    const gateway = await startGateway({ TRUSTED_DOCUMENTS: path });
    const values = { conversationId: '1', from: { adminId: '8164' }, userId: '42', body: 'Hi', actions: [] };
    const variables = { ...values, file: null, input: { conversationId: '1', body: 'Hi' } };
    expect(Object.keys(manifest)).toHaveLength(13);
    for (const [id, text] of Object.entries(manifest)) {
      expect(sha256(text)).toBe(id);
      for (const documentId of [id, `sha256:${id}`]) {
        const { data, errors } = jsonOf(await askJson(gateway.url, { documentId, variables }));
        // JSON cannot contain a file.
        if (text.includes('Upload!'))
          expect(errors[0].message).toContain('"$file" of non-null type "Upload!"');
        else if (text.startsWith('query ReplyLimits'))
          expect([errors, data.replyLimits.__typename]).toEqual([undefined, 'ReplyLimits']);
        else if (text.startsWith('query'))
          expect([errors, data.conversation.parts.nodes.length > 0]).toEqual([undefined, true]);
        else
          expect([errors, data.replyToConversation.__typename]).toEqual([
            undefined,
            'ReplyToConversationPayload',
          ]);
      }
    }
  });
});

test('without TRUSTED_DOCUMENTS texts are accepted and ids are not', async () => {
  const { url } = await startGateway();
  expect((await askJson(url, { query: limits })).status).toBe(200);
  const byId = await askJson(url, { documentId: sha256(limits) });
  expect([byId.status, Object.keys(jsonOf(byId))]).toEqual([400, ['errors']]);
});
