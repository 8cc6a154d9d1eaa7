/** A reply whose response was lost is looked up in its conversation. */

import { afterAll, describe, expect, test } from 'vitest';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import {
  looksUp,
  mutation,
  recovered,
  send,
  startProven,
  unknown,
} from '../../support/gateway/start-proven-gateway.ts';
import { endCommands, startCommand } from '../../support/process/start-command.ts';
import { isRedisMissing, startRedis } from '../../support/redis/start-redis.ts';
import { until } from '../../support/until.ts';
import {
  loseResponse,
  type ReadableUpstream,
  startReadableUpstream,
} from '../../support/upstream/start-readable-upstream.ts';
import { answerJson } from '../../support/upstream/start-upstream.ts';

afterAll(endCommands);

describe('with the sandbox', () => {
  test.each(['504', '2003', '2005', '2006', '2008', '2009', '5041'])(
    'the reply to conversation %s is recovered',
    async (conversationId) => {
      const gateway = await startGateway({ ...looksUp, DASHLY_TIMEOUT_MS: '1000' });
      expect(await send(gateway, { conversationId })).toMatchObject({
        ...recovered,
        part: { body: 'Hello' },
      });
    },
  );

  test.each(['9001', '9002', '9003', '9004', '9005', '5042', '5043', '503'])(
    'the outcome of conversation %s stays unknown',
    async (conversationId) => {
      const gateway = await startGateway({ ...looksUp, DASHLY_TIMEOUT_MS: '1000' });
      expect(await send(gateway, { conversationId })).toEqual(unknown);
    },
  );

  test('a response with the number of another reply is looked up', async () => {
    const gateway = await startGateway(looksUp);
    expect(await send(gateway, { conversationId: '2010' })).toMatchObject(recovered);
  });
});

describe('finds', () => {
  test('the reply and its assignment', async () => {
    const upstream = await startReadableUpstream({
      respond(response, request, part) {
        const assignRandomId = Number(request.fields.find(([name]) => name === 'auto_assign_random_id')?.[1]);
        upstream.parts.push({ ...part, id: '900', type: 'assigned', random_id: assignRandomId });
        loseResponse(response, request, part);
      },
    });
    const gateway = await startProven(upstream);
    const result = await send(gateway, { autoAssign: { adminId: '5' } });
    expect(result).toMatchObject({ ...recovered, part: { id: '2' }, assignPart: { id: '900' } });
  });

  test('the reply below 60 newer parts', async () => {
    const upstream = await startReadableUpstream({
      respond(response, request, part) {
        const newer = { ...part, random_id: 0, type: 'reply_user' };
        for (let id = 100; id < 160; id++) upstream.parts.push({ ...newer, id: String(id) });
        loseResponse(response, request, part);
      },
    });
    expect(await send(await startProven(upstream))).toMatchObject({ ...recovered, part: { id: '2' } });
  });

  test.each([300, -300])('the reply with a clock of Dashly that differs by %d seconds', async (seconds) => {
    const upstream = await startReadableUpstream({ clockSkewSeconds: seconds, respond: loseResponse });
    expect(await send(await startProven(upstream))).toMatchObject(recovered);
  });

  test('a reply that was delivered without a usable part', async () => {
    const upstream = await startReadableUpstream({
      respond: (response, request) => answerJson({ data: {}, meta: { status: 200 } })(response, request),
    });
    expect(await send(await startProven(upstream))).toMatchObject(recovered);
  });

  test('nothing by the same random id in another conversation', async () => {
    const upstream = await startReadableUpstream({
      respond(response, request, part) {
        part['conversation'] = '8';
        loseResponse(response, request, part);
      },
    });
    expect(await send(await startProven(upstream))).toEqual(unknown);
  });
});

describe('sends nothing again and never claims NOT_DELIVERED', () => {
  test.each<[string, Partial<ReadableUpstream['behavior']>]>([
    ['parts cannot be read', { read: (response) => refuse(response, 403) }],
    ['reading fails', { read: (response) => refuse(response, 500) }],
    ['reading ends without a response', { read: (response) => Boolean(response.destroy()) }],
    ['reading never ends', { read: () => true }],
    [
      'the page is invalid',
      { read: (response) => refuse(response, 200, '{"data":[{}],"meta":{"status":200}}') },
    ],
  ])('if %s', async (_what, behavior) => {
    const upstream = await startReadableUpstream({ respond: loseResponse });
    const gateway = await startProven(upstream);
    Object.assign(upstream.behavior, behavior);
    const sentBefore = upstream.posts().length;
    expect(await send(gateway)).toEqual(unknown);
    expect(upstream.posts()).toHaveLength(sentBefore + 1);
    expect(upstream.reads().length).toBeLessThanOrEqual(1 + 4);
  });
});

function refuse(response: Parameters<typeof loseResponse>[0], status: number, text = ''): boolean {
  response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  return true;
}

describe('looks up nothing', () => {
  test('before a success was found', async () => {
    const upstream = await startReadableUpstream({ respond: loseResponse });
    const gateway = await startGateway({ DASHLY_API_URL: upstream.url, ...looksUp });
    expect(await send(gateway)).toEqual(unknown);
    expect(upstream.reads()).toEqual([]);
  });

  test('with RECOVERY_TIMEOUT_MS=0', async () => {
    const upstream = await startReadableUpstream();
    const gateway = await startGateway({ DASHLY_API_URL: upstream.url, RECOVERY_TIMEOUT_MS: '0' });
    await send(gateway);
    upstream.behavior.respond = loseResponse;
    expect(await send(gateway)).toEqual(unknown);
    expect(upstream.reads()).toEqual([]);
  });
});

test('a random id that the caller chose proves nothing, even if an equal part exists', async () => {
  const upstream = await startReadableUpstream({ respond: loseResponse });
  const gateway = await startProven(upstream);
  const reads = upstream.reads().length;
  const input = { randomId: 5, idempotencyKey: 'k' };
  expect(await send(gateway, input)).toEqual(unknown);
  expect(upstream.parts.at(-1)).toMatchObject({ random_id: 5, body: 'Hello' });
  expect(await send(gateway, input)).toEqual(unknown);
  expect(upstream.reads()).toHaveLength(reads);
  expect(upstream.posts()).toHaveLength(2);
});

describe('with an idempotencyKey', () => {
  const keyed = { idempotencyKey: 'key-1' };

  test('the result of a later look-up is replayed from then on', async () => {
    let isVisible = false;
    const upstream = await startReadableUpstream({
      respond: loseResponse,
      read: (response) => !isVisible && refuse(response, 503),
    });
    isVisible = true;
    const gateway = await startProven(upstream, { RECOVERY_TIMEOUT_MS: '1000' });
    isVisible = false;
    expect(await send(gateway, keyed)).toEqual(unknown);
    isVisible = true;
    const found = { ...recovered, replayed: true, part: { id: '2', body: 'Hello' } };
    expect(await send(gateway, keyed)).toMatchObject(found);
    const reads = upstream.reads().length;
    expect(await send(gateway, keyed)).toMatchObject(found);
    expect(upstream.reads()).toHaveLength(reads);
    expect(upstream.posts()).toHaveLength(2);
  });

  test('a client that disconnects does not stop the look-up', async () => {
    const upstream = await startReadableUpstream({ respond: loseResponse });
    const gateway = await startProven(upstream);
    const reads = upstream.reads().length;
    const away = new AbortController();
    const input = { conversationId: '7', body: 'Hello', ...keyed };
    const call = fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Token sandbox' },
      body: JSON.stringify({ query: mutation, variables: { input } }),
      signal: away.signal,
    }).catch(() => {});
    await until(() => expect(upstream.posts()).toHaveLength(2));
    away.abort();
    await call;
    await until(() => expect(upstream.reads().length).toBeGreaterThan(reads));
    expect(await send(gateway, keyed)).toMatchObject({ ...recovered, replayed: true });
  });

  test.skipIf(isRedisMissing)('another gateway looks up the reply of a killed one', async () => {
    const { url: REDIS_URL } = await startRedis();
    const upstream = await startReadableUpstream();
    const environment = {
      DASHLY_API_URL: upstream.url,
      DASHLY_TIMEOUT_MS: '1000',
      RECOVERY_TIMEOUT_MS: '1000',
      REDIS_URL,
    };
    const doomed = await startCommand(environment);
    const other = await startProven(upstream, environment);
    upstream.behavior.respond = () => doomed.child.kill('SIGKILL');
    await expect(send({ url: `${doomed.origin}/graphql` }, keyed)).rejects.toThrow();
    const sentBefore = upstream.posts().length;
    // Until the claim of the dead gateway has expired, the call waits for it.
    expect(await send(other, keyed)).toMatchObject({ ...recovered, replayed: true, part: { id: '2' } });
    expect(upstream.posts()).toHaveLength(sentBefore);
  });
});
