/** Real routers in front of this gateway and of a subgraph that owns the titles of conversations. */

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReplyOutcome } from '../../src/conversation/reply-outcome.ts';
import { bearer, bySecret, gatewayToken } from '../support/gateway/issuer.ts';
import { startEndpoint } from '../support/gateway/start-endpoint.ts';
import { startGateway, type TestGateway } from '../support/gateway/start-gateway.ts';
import { noise } from '../support/noise.ts';
import { startUpstream } from '../support/upstream/start-upstream.ts';
import { isFederationMissing } from './is-federation-missing.ts';
import { type Relay, startRelay } from './start-relay.ts';
import { type SupergraphProcess, startSupergraph } from './start-supergraph.ts';

const key = 'the-key-that-the-router-has';
const keyHash = createHash('sha256').update(key).digest('hex');

interface Graph {
  readonly router: SupergraphProcess;
  readonly relay: Relay;
  /** Inserts the prefix before type names, which are written as `$Name`. */
  readonly named: (document: string) => string;
}

const everything = `
  __typename
  ... on $ReplyToConversationPayload {
    part { __typename body from { __typename ... on $Admin { name type } } actions { ... on $QuickReply { body metaData } } attachments { filename size } ... on $Part { type } }
    assignPart { __typename assignee { id } }
  }
  ... on $ReplyError { message delivery }
  ... on $ReplyTooBigError { bodyLength }
  ... on $InvalidReplyError { issues { path message } }
  ... on $TooManyRequestsError { retryAfterSeconds }
  ... on $DashlyRejectedError { status code }
  ... on $DashlyUnavailableError { reason }`;

const byInput = (selection: string) =>
  `mutation Reply($input: $ReplyToConversationInput!) { replyToConversation(input: $input) { ${selection} } }`;

const withTitle = byInput(
  '__typename ... on $ReplyToConversationPayload { replayed part { id conversation { id title } } } ... on $ReplyError { message }',
);

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
type Body = any;

const token = { authorization: 'Token sandbox' };

async function ask(
  url: string,
  query: string,
  variables: object = {},
  headers: Record<string, string> = token,
): Promise<Body> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return await response.json();
}

async function upload(
  url: string,
  query: string,
  file: File,
  headers: Record<string, string> = { 'apollo-require-preflight': 'true' },
): Promise<Body> {
  const form = new FormData();
  const variables = { input: { conversationId: '1', attachment: { file: null } } };
  form.append('operations', JSON.stringify({ query, variables }));
  form.append('map', '{"0": ["variables.input.attachment.file"]}');
  form.append('0', file);
  const init = { method: 'POST', headers: { authorization: 'Token sandbox', ...headers }, body: form };
  return await (await fetch(url, init)).json();
}

const routers = [
  ['Hive Gateway', 'hive', ''],
  ['Hive Gateway', 'hive', 'Dashly'],
  ['Apollo Gateway', 'apollo', ''],
  ['Apollo Gateway', 'apollo', 'Dashly'],
] as const;

describe.skipIf(isFederationMissing).each(routers)('%s (%s, prefix "%s")', (_name, kind, prefix) => {
  let graph: Graph;

  beforeAll(async () => {
    const relay = await startRelay();
    const router = await startSupergraph({
      ROUTER: kind,
      TYPE_PREFIX: prefix,
      DASHLY_SUBGRAPH_URL: relay.url,
      DASHLY_GATEWAY_KEY: key,
    });
    const named = (document: string) => document.replace(/\$(?=[A-Z])/g, prefix);
    graph = { relay, router, named };
  });

  afterAll(async () => {
    // Runs even if a test failed, so that the router is always stopped.
    const code = await graph?.router.stop();
    graph?.relay.close();
    if (graph) expect(code).toBe(0);
  });

  /** A gateway for one test, with the router in front of it. */
  async function start(environment: Record<string, string> = {}): Promise<TestGateway> {
    const gateway = await startGateway({ TYPE_PREFIX: prefix, ...environment });
    graph.relay.leadTo(gateway.url);
    return gateway;
  }

  const askRouter = (query: string, variables: object = {}, headers: Record<string, string> = token) =>
    ask(graph.router.url, graph.named(query), variables, headers);

  test("joins another subgraph's field to a reply, repeatedly", async () => {
    const { sandbox } = await start();
    for (const times of [1, 2, 3]) {
      const { data, errors } = await askRouter(withTitle, { input: { conversationId: '1', body: 'Hi' } });
      expect(errors).toBeUndefined();
      expect(data.replyToConversation).toEqual({
        __typename: `${prefix}ReplyToConversationPayload`,
        replayed: false,
        part: {
          id: sandbox?.received.at(-1)?.partId,
          conversation: { id: '1', title: 'Conversation 1 with a customer' },
        },
      });
      expect(sandbox?.received).toHaveLength(times);
    }
  });

  test('reads the conversation that another subgraph names, and the fields of both', async () => {
    await start();
    const query = `query ($id: ID!) { titled(id: $id) {
      title parts(last: 2) { nodes { __typename id body ... on $ConversationPart { read } conversation { id title } } pageInfo { hasPreviousPage } }
    } }`;
    for (const _time of [1, 2]) {
      const { data, errors } = await askRouter(query, { id: '60' });
      expect(errors).toBeUndefined();
      const title = 'Conversation 60 with a customer';
      expect(data.titled.title).toBe(title);
      expect(data.titled.parts.pageInfo).toEqual({ hasPreviousPage: true });
      expect(data.titled.parts.nodes).toEqual(
        ['Question 58', 'Answer to question 58'].map((body) => ({
          __typename: `${prefix}ConversationPart`,
          id: expect.stringMatching(/^\d+$/),
          body,
          read: true,
          conversation: { id: '60', title },
        })),
      );
    }
    const { data } = await askRouter(
      '{ conversation(id: 1) { id title parts(first: 1) { nodes { body } } } }',
    );
    expect(data.conversation).toEqual({
      id: '1',
      title: 'Conversation 1 with a customer',
      parts: { nodes: [{ body: 'Hello! Is anybody there?' }] },
    });
  });

  test('reports why a conversation cannot be read, and returns the rest', async () => {
    await start();
    const query = '{ titled(id: "403") { title parts { nodes { id } } } }';
    const { data, errors } = await askRouter(query);
    expect(data.titled).toEqual({ title: 'Conversation 403 with a customer', parts: null });
    expect(errors).toEqual([
      expect.objectContaining({
        message: 'The owner of the token may not read this conversation.',
        extensions: expect.objectContaining({ code: 'PERMISSION_DENIED' }),
      }),
    ]);
  });

  test('reports a reply that was sent even if a joined field fails', async () => {
    await start();
    const { data, errors } = await askRouter(withTitle, { input: { conversationId: '8', body: 'Hi' } });
    expect(data.replyToConversation.part.conversation).toEqual({ id: '8', title: null });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      message: 'This title is lost.',
      path: ['replyToConversation', 'part', 'conversation', 'title'],
    });
  });

  test.each([
    '1',
    '3',
    '4',
    '8',
    '401',
    '403',
    '404',
    '413',
    '418',
    '429',
    '500',
    '504',
    '2006',
    '4001',
    '4002',
    '4003',
    '9005',
  ])(
    'passes on the result of a reply in conversation %s, by member and by interface',
    async (conversationId) => {
      const gateway = await start({ DASHLY_TIMEOUT_MS: '3000' });
      const actions = [{ quickReply: { body: 'Yes', metaData: { n: 1 } } }];
      const input = {
        conversationId,
        from: { adminId: '8164' },
        body: 'Hi',
        actions,
        autoAssign: { adminId: '8164' },
      };
      const direct = await ask(gateway.url, graph.named(byInput(everything)), { input });
      expect(direct.errors).toBeUndefined();
      expect(direct.data.replyToConversation.__typename).toMatch(new RegExp(`^${prefix}[A-Z]`));
      // The gateway itself responds until the wait of a 429 is over.
      if (conversationId === '429')
        direct.data.replyToConversation = expect.objectContaining({
          ...direct.data.replyToConversation,
          retryAfterSeconds: expect.any(Number),
          message: expect.any(String),
        });
      for (const _time of [1, 2]) {
        expect(await askRouter(byInput(everything), { input })).toEqual(direct);
      }
    },
  );

  test("forwards each caller's token, and nothing without a token", async () => {
    const upstream = await startUpstream();
    await start({ DASHLY_API_URL: upstream.url });
    const input = { conversationId: '1', body: 'Hi' };
    for (const authorization of ['Token of-one', 'Bearer of-another', 'Token of-one']) {
      const { data } = await askRouter(withTitle, { input }, { authorization });
      expect(data.replyToConversation.__typename).toBe(`${prefix}ReplyToConversationPayload`);
      const sent = upstream.requests.at(-1)?.headers.authorization;
      expect(sent?.replace(/^\w+ /, '')).toBe(authorization.replace(/^\w+ /, ''));
    }
    const { data } = await askRouter(withTitle, { input }, {});
    expect(data.replyToConversation.__typename).toBe(`${prefix}NotAuthenticatedError`);
    expect(upstream.requests).toHaveLength(3);
  });

  test('authenticates to the gateway as the router, and forwards the identity of the caller', async () => {
    const upstream = await startUpstream();
    const gateway = await start({ ...bySecret, API_KEY_HASHES: keyHash, DASHLY_API_URL: upstream.url });
    const reply = { input: { conversationId: '1', body: 'Hi' } };
    const note = { input: { ...reply.input, type: 'NOTE' } };
    const user = await bearer({ dashly_user_id: '42' });
    const typeOf = ({ data }: Body) => data.replyToConversation.__typename.slice(prefix.length);
    for (const _time of [1, 2]) {
      expect(typeOf(await askRouter(withTitle, note, {}))).toBe('ReplyToConversationPayload');
      expect(typeOf(await askRouter(withTitle, reply, user))).toBe('ReplyToConversationPayload');
      expect(typeOf(await askRouter(withTitle, note, user))).toBe('PermissionDeniedError');
      // A key that a client sends is not forwarded.
      const foreign = { 'x-api-key': 'guessed' };
      expect(typeOf(await askRouter(withTitle, reply, foreign))).toBe('ReplyToConversationPayload');
    }
    expect(upstream.requests).toHaveLength(6);
    expect(new Set(upstream.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set([`Token ${gatewayToken}`]),
    );
    expect(await ask(gateway.url, graph.named(withTitle), reply, {})).toMatchObject({
      errors: [{}],
    });
    expect(upstream.requests).toHaveLength(6);
  });

  test('rejects what violates a rule of the schema, and sends nothing', async () => {
    const { sandbox } = await start();
    const asVariable = { conversationId: '1', body: 'Hi', from: { adminId: '1', userId: '2' } };
    const documents: [document: string, variables: object][] = [
      [withTitle, { input: asVariable }],
      [
        'mutation { replyToConversation(input: { conversationId: "1", from: { adminId: "1", userId: "2" } }) { __typename } }',
        {},
      ],
      ['mutation { replyToConversation(input: { conversationId: "1", actions: [{}] }) { __typename } }', {}],
      ['mutation { replyToConversation(input: { conversationId: "1", type: SHOUT }) { __typename } }', {}],
      ['mutation { replyToConversation(input: { conversationId: "1" }) { nothing } }', {}],
    ];
    for (const [document, variables] of [...documents, ...documents]) {
      const { data, errors } = await askRouter(document, variables);
      expect([data ?? null, errors?.length > 0]).toEqual([null, true]);
    }
    expect(sandbox?.received).toEqual([]);
  });

  test('may lose a response: a retry with the same key sends nothing more', async () => {
    const upstream = await startUpstream();
    await start({ DASHLY_API_URL: upstream.url });
    const input = { conversationId: '1', body: 'Hi', idempotencyKey: 'k-1' };
    graph.relay.loseNextAnswer();
    const first = await askRouter(withTitle, { input });
    // Hive Gateway retries by itself, as configured.
    const answer = kind === 'hive' ? first : await askRouter(withTitle, { input });
    if (kind === 'apollo') expect(first.errors).toHaveLength(1);
    expect(answer.errors).toBeUndefined();
    expect(answer.data.replyToConversation).toMatchObject({
      replayed: true,
      part: { conversation: { title: expect.any(String) } },
    });
    expect(graph.relay.headers).toHaveLength(2);
    expect(upstream.requests).toHaveLength(1);
  });

  test('sends a reply without a key once, even if its response is lost', async () => {
    const upstream = await startUpstream();
    await start({ DASHLY_API_URL: upstream.url });
    graph.relay.loseNextAnswer();
    const { data, errors } = await askRouter(withTitle, { input: { conversationId: '1', body: 'Hi' } });
    expect([data ?? null, errors.length]).toEqual([null, 1]);
    expect(graph.relay.headers).toHaveLength(1);
    expect(upstream.requests).toHaveLength(1);
  });

  if (prefix === '') {
    test('reports the path of a field that failed, but not the reason', async () => {
      const secret = 'secret of the house';
      const endpoint = await startEndpoint(
        async () =>
          ({
            kind: 'sent',
            get part() {
              throw new Error(secret);
            },
          }) as unknown as ReplyOutcome,
      );
      graph.relay.leadTo(endpoint.url);
      const query = `mutation { first: replyToConversation(input: { conversationId: "1", body: "Hi" }) {
        __typename ... on ReplyToConversationPayload { part { id } } } }`;
      for (const _time of [1, 2]) {
        const answer = await askRouter(query);
        expect(answer.data ?? null).toBeNull();
        expect(answer.errors).toHaveLength(1);
        expect(answer.errors[0]).toMatchObject({ message: 'Unexpected error.', path: ['first', 'part'] });
        expect(JSON.stringify(answer)).not.toContain(secret);
      }
      expect(String(endpoint.logged[0]?.error)).toContain(secret);
    });
  }

  const withFile = byInput(
    '__typename ... on $ReplyToConversationPayload { part { attachments { filename mimeType size } conversation { title } } } ... on $ReplyError { message } ... on $AttachmentTooBigError { maxBytes }',
  );

  if (kind === 'hive') {
    test.each([
      ['Привет "мир" 🎉.bin', 300_000],
      ['履歴書 – résumé.pdf', 10_000_000],
      ['exactly as much as is taken.bin', 10 * 1024 * 1024],
      ['empty.txt', 0],
    ])('accepts the upload of %s with %i bytes, all unchanged', async (name, size) => {
      const { sandbox } = await start();
      const bytes = noise(size);
      for (const _time of [1, 2]) {
        const file = new File([new Uint8Array(bytes)], name, { type: 'application/x-test' });
        const { data, errors } = await upload(graph.router.url, graph.named(withFile), file);
        expect(errors).toBeUndefined();
        const { fields, file: received } = sandbox?.received.at(-1) ?? {};
        expect(fields).toContainEqual(['attachment_file_name', name]);
        expect(received?.mimeType).toBe('application/x-test');
        expect(received && bytes.equals(received.bytes)).toBe(true);
        expect(data.replyToConversation.part).toEqual({
          attachments: [{ filename: name, mimeType: 'application/x-test', size }],
          conversation: { title: 'Conversation 1 with a customer' },
        });
      }
    });
  }

  if (kind === 'hive') {
    test('passes on that a file is too large', async () => {
      const { sandbox } = await start({ UPLOAD_MAX_BYTES: '1000' });
      const file = new File([new Uint8Array(1001)], 'a.bin');
      const { data } = await upload(graph.router.url, graph.named(withFile), file);
      expect(data.replyToConversation).toMatchObject({
        __typename: `${prefix}AttachmentTooBigError`,
        maxBytes: 1000,
      });
      expect(sandbox?.received).toEqual([]);
    });
  }

  if (kind === 'hive') {
    test('accepts no upload without the header that a page of another site cannot send', async () => {
      const { sandbox } = await start();
      const { data, errors } = await upload(
        graph.router.url,
        graph.named(withFile),
        new File(['a'], 'a.txt'),
        {},
      );
      expect([data ?? null, errors.length > 0]).toEqual([null, true]);
      expect(graph.relay.headers[0]?.['apollo-require-preflight']).toBeUndefined();
      expect(sandbox?.received).toEqual([]);
    });
  }

  if (prefix !== '') {
    test('serves the types of another subgraph with the same names next to ours', async () => {
      await start();
      const { data, errors } = await askRouter(
        '{ replyLimits { __typename attachmentMaxBytes } topics { __typename topic by { __typename uuid } } }',
      );
      expect(errors).toBeUndefined();
      expect(data).toEqual({
        replyLimits: { __typename: 'DashlyReplyLimits', attachmentMaxBytes: 10_485_760 },
        topics: [{ __typename: 'Conversation', topic: 'Weather', by: { __typename: 'User', uuid: 'u-1' } }],
      });
    });
  }
});
