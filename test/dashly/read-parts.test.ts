/** Reading the parts of a conversation: the request, the page or the failure that each response becomes, and the connections. */

import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { allRights } from '../../src/conversation/callers/caller-rights.ts';
import type { ReadParts, ReadPartsRequest } from '../../src/conversation/reading/read-parts.ts';
import { RequestAborted } from '../../src/conversation/request-aborted.ts';
import type { DashlyCaller } from '../../src/dashly/caller.ts';
import { createDashlyClient } from '../../src/dashly/dashly-client.ts';
import { collectUndocumented } from '../../src/dashly/inspection/collect-undocumented.ts';
import { bareDraft } from '../bare-draft.ts';
import {
  answerJson,
  answerReply,
  documentedAnswer,
  type Respond,
  startUpstream,
} from '../support/upstream/start-upstream.ts';

const conversation = '1447294760057308402';

function callerWith(token: string): DashlyCaller {
  return {
    kind: 'dashly-token',
    id: token,
    rights: allRights,
    credential: { authorization: `Token ${token}`, token },
  };
}

async function start(respond?: Respond) {
  const upstream = await startUpstream(respond);
  const client = createDashlyClient({
    proxy: null,
    apiUrl: new URL(`${upstream.url}/v2`),
    timeoutMs: 10_000,
    attachmentMaxBytes: 1_000,
    adviseOnToken: () => '',
    maxConnections: 1,
    maxQueue: 10,
    onStrayAnswer: () => {},
    observeUndocumented: collectUndocumented().source.observeUndocumented,
  });
  onTestFinished(() => client.close());
  const readWith = async (
    readParts: ReadParts<DashlyCaller>,
    more: Partial<ReadPartsRequest<DashlyCaller>> = {},
  ) => {
    const result = await readParts({
      caller: callerWith('a'),
      conversationId: conversation,
      position: null,
      direction: 'before',
      count: 20,
      optionalFields: new Set(),
      signal: new AbortController().signal,
      timeoutMs: 5_000,
      ...more,
    });
    // A connection is released in the next turn of the event loop.
    await nextTurn();
    return result;
  };
  const read = (more?: Partial<ReadPartsRequest<DashlyCaller>>) => readWith(client.readParts, more);
  const lookUp = (more?: Partial<ReadPartsRequest<DashlyCaller>>) => readWith(client.lookUpParts, more);
  const send = (token = 'a') =>
    client.sendReply({
      caller: callerWith(token),
      draft: { ...bareDraft, conversationId: conversation },
      randomIds: { reply: 5, assignment: null },
      attachment: null,
      optionalFields: new Set(),
      signal: new AbortController().signal,
      deadline: null,
      onWrite: () => {},
    });
  return { upstream, client, read, lookUp, send };
}

const { assign_part: assigned, ...replied } = documentedAnswer.data;
const page = (parts: unknown, meta: object = {}, headers?: Record<string, string>) =>
  answerJson({ data: parts, meta: { status: 200, ...meta } }, 200, headers);

describe('the request', () => {
  test('keeps an id of any form in its segment of the path', async () => {
    const { upstream, read } = await start();
    await read({ conversationId: '7/../8?a=b' });
    expect(upstream.requests.map(({ path }) => path.split('?')[0])).toEqual([
      '/v2/conversations/7%2F..%2F8%3Fa%3Db/parts',
    ]);
  });

  test.each<[title: string, more: Partial<ReadPartsRequest<DashlyCaller>>, query: Record<string, string>]>([
    ['for the end of a conversation', {}, { paginate_count: '20', paginate_direction: 'before' }],
    [
      'for a page with optional fields',
      { position: '5', direction: 'after', count: 50, optionalFields: new Set(['read', 'inboundEmail']) },
      {
        paginate_count: '50',
        paginate_direction: 'after',
        paginate_position: '["5"]',
        include_read: 'true',
        include_inbound_email: 'true',
      },
    ],
  ])('%s', async (_title, more, query) => {
    const { upstream, read } = await start(page([]));
    await read(more);
    const [request] = upstream.requests;
    const url = new URL(request?.path ?? '', upstream.url);
    expect([request?.method, url.pathname, request?.body]).toEqual([
      'GET',
      `/v2/conversations/${conversation}/parts`,
      '',
    ]);
    const always = { id_as_string: 'true', include_random_id: 'true' };
    expect(Object.fromEntries(url.searchParams)).toEqual({ ...always, ...query });
    expect(request?.headers).toEqual({
      host: new URL(upstream.url).host,
      connection: 'keep-alive',
      authorization: 'Token a',
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'dashly-graphql-gateway',
    });
  });
});

describe('a page', () => {
  test('has its parts in the order of the response, its neighbours and the time of Dashly', async () => {
    const unknown = { id: '3', conversation, created: 3, type: 'hologram', random_id: '7' };
    const meta = { next_before_position: ['1'], next_after_position: [4] };
    const { read } = await start(
      page([unknown, assigned, replied], meta, { date: 'Sun, 06 Nov 1994 08:49:37 GMT' }),
    );
    expect(await read()).toMatchObject({
      kind: 'page',
      parts: [
        { kind: 'conversationPart', id: '3', type: 'UNKNOWN', randomId: 7 },
        { kind: 'assignPart', type: 'ASSIGNED', assignee: { id: '30542' } },
        { kind: 'conversationPart', type: 'REPLY_USER', attachments: [{ filename: 'test_import.csv' }] },
      ],
      nextBefore: '1',
      nextAfter: '4',
      date: 784111777,
    });
  });

  test('may be empty, without neighbours, and without a time that can be read', async () => {
    const { read } = await start(page([], { next_before_position: null }, { date: 'today' }));
    expect(await read()).toEqual({ kind: 'page', parts: [], nextBefore: null, nextAfter: null, date: null });
  });

  test.each<[title: string, parts: unknown]>([
    ['a part without an id', [{ ...replied, id: null }]],
    ['a part without a conversation', [replied, { ...replied, conversation: null }]],
    ['a part that is not an object', [5]],
    ['no list', replied],
  ])('with %s cannot be read', async (_title, parts) => {
    const { read, upstream } = await start(page(parts));
    const result = [await read(), await read()];
    const failure = {
      kind: 'failure',
      code: 'UNAVAILABLE',
      message: expect.any(String),
      retryAfterSeconds: null,
    };
    expect(result).toEqual([failure, failure]);
    expect(upstream.requests.map(({ connection }) => connection)).toEqual([1, 1]);
  });

  test('of another conversation is rejected, and its connection is closed', async () => {
    const { read, upstream } = await start(page([replied, { ...replied, conversation: '8' }]));
    expect(await read()).toMatchObject({ kind: 'failure', code: 'UNAVAILABLE' });
    await read();
    expect(upstream.requests.map(({ connection }) => connection)).toEqual([1, 2]);
  });

  test('longer than 4 MiB is not read', async () => {
    const text = 'x'.repeat(2 ** 20);
    const long = (count: number) => page(Array.from({ length: count }, () => ({ ...replied, body: text })));
    const small = await start(long(3));
    expect(await small.read()).toMatchObject({ kind: 'page', parts: { length: 3 } });
    const large = await start(long(4));
    expect(await large.read()).toMatchObject({ kind: 'failure', code: 'UNAVAILABLE' });
  });
});

test.each<[status: number, json: unknown, code: string]>([
  [400, { meta: { status: 400, error: 'LookupError' } }, 'NOT_FOUND'],
  [200, { meta: { status: 400, error: 'LookupError' } }, 'NOT_FOUND'],
  [401, { meta: { status: 401, error: 'NotAuthenticated' } }, 'NOT_AUTHENTICATED'],
  [401, '<html>', 'NOT_AUTHENTICATED'],
  [403, { meta: { status: 403, error: 'PermissionDeniedError' } }, 'PERMISSION_DENIED'],
  [403, '<html>', 'PERMISSION_DENIED'],
  [429, { meta: { status: 429, error: 'TooManyRequests' } }, 'TOO_MANY_REQUESTS'],
  [429, '<html>', 'TOO_MANY_REQUESTS'],
  [400, { meta: { status: 400, error: 'ValidationError' } }, 'UNAVAILABLE'],
  [404, { meta: { status: 404, error: 'Error404' } }, 'UNAVAILABLE'],
  [500, { meta: { status: 500, error: 'Error500' } }, 'UNAVAILABLE'],
  [502, '<html>', 'UNAVAILABLE'],
  [302, '', 'UNAVAILABLE'],
  [200, '<html>', 'UNAVAILABLE'],
])('status %i with %j is a failure: %s', async (status, json, code) => {
  const { read } = await start(answerJson(json, status));
  const message = expect.not.stringMatching(/reply|sent/);
  expect(await read()).toEqual({ kind: 'failure', code, message, retryAfterSeconds: null });
});

test('after a 429 neither reads nor replies of the token are sent until the time has passed', async () => {
  const { upstream, read, send } = await start(answerJson('<html>', 429, { 'retry-after': '60' }));
  expect(await read()).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  expect(await read()).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 60 });
  expect((await send()).outcome).toMatchObject({ kind: 'tooManyRequests', retryAfterSeconds: 60 });
  expect(upstream.requests).toHaveLength(1);
  expect((await send('b')).outcome).toMatchObject({ kind: 'dashlyRejected' });
  expect(await read({ caller: callerWith('b') })).toMatchObject({ retryAfterSeconds: 60 });
  expect(upstream.requests).toHaveLength(2);
});

describe('connections', () => {
  test('reads have four connections of their own, and a bounded queue; replies do not wait for them', async () => {
    const held: ServerResponse[] = [];
    const { upstream, client, read, send } = await start((response, request) => {
      if (request.method === 'POST') answerReply()(response, request);
      else held.push(response);
    });
    const away = new AbortController();
    const reads = Array.from({ length: 4 + 64 }, () => read({ signal: away.signal }));
    await expect.poll(() => held.length).toBe(4);
    expect(await read()).toEqual({
      kind: 'failure',
      code: 'UNAVAILABLE',
      message: expect.stringContaining('too many reads are waiting'),
      retryAfterSeconds: null,
    });
    expect((await send()).outcome.kind).toBe('sent');
    await expect.poll(() => client.load()).toEqual({ inUse: 0, waiting: 0 });
    expect(upstream.requests).toHaveLength(5);
    away.abort();
    for (const given of reads) await expect(given).rejects.toThrow(RequestAborted);
    // The connections are released in the next turn of the event loop.
    await nextTurn();
    const next = read();
    await expect.poll(() => held.length).toBe(5);
    held[4]?.end(JSON.stringify({ data: [], meta: { status: 200 } }));
    expect(await next).toMatchObject({ kind: 'page' });
  });

  test('look-ups do not wait for the reads of clients', async () => {
    const held: ServerResponse[] = [];
    const { read, lookUp } = await start((response, request) => {
      if (held.length < 4) held.push(response);
      else page([])(response, request);
    });
    const away = new AbortController();
    const reads = Array.from({ length: 4 + 64 }, () => read({ signal: away.signal }));
    await expect.poll(() => held.length).toBe(4);
    expect(await lookUp()).toMatchObject({ kind: 'page' });
    away.abort();
    await Promise.allSettled(reads);
  });

  test('a read ends at its own time limit, and its connection is closed', async () => {
    let isSilent = true;
    const { upstream, read } = await start((response, request) => {
      if (!isSilent) page([])(response, request);
    });
    expect(await read({ timeoutMs: 200 })).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('in time'),
    });
    isSilent = false;
    expect(await read()).toMatchObject({ kind: 'page' });
    expect(upstream.requests.map(({ connection }) => connection)).toEqual([1, 2]);
  });

  test('a read can be aborted while the response arrives, and before it begins', async () => {
    const began = Promise.withResolvers<void>();
    const { upstream, read } = await start((response) => {
      response.writeHead(200);
      response.write('{', () => began.resolve());
    });
    const away = new AbortController();
    const given = read({ signal: away.signal });
    await began.promise;
    away.abort();
    await expect(given).rejects.toThrow(RequestAborted);
    await expect(read({ signal: away.signal })).rejects.toThrow(RequestAborted);
    expect(upstream.requests).toHaveLength(1);
  });

  test('a failed connection is UNAVAILABLE', async () => {
    const { read } = await start((response) => response.destroy());
    expect(await read()).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('connection'),
    });
  });
});
