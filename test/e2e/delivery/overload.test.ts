/** Overload: some replies wait in the queue, and the rest are rejected at once. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { reply } from '../../support/gateway/reply.ts';
import { startStage } from '../../support/gateway/start-stage.ts';
import { endCommands, startCommand } from '../../support/process/start-command.ts';
import { until } from '../../support/until.ts';
import {
  answerJson,
  answerReply,
  documentedConversation,
  newAnswer,
} from '../../support/upstream/start-upstream.ts';

afterAll(endCommands);

const selection = `__typename
  ... on ReplyError { delivery }
  ... on GatewayUnavailableError { reason }
  ... on TooManyRequestsError { retryAfterSeconds }`;
const overloaded = { __typename: 'GatewayUnavailableError', delivery: 'NOT_DELIVERED', reason: 'OVERLOADED' };
const sent = { __typename: 'ReplyToConversationPayload' };
const conversationId = documentedConversation;

describe('connections and the queue for them', () => {
  test.each([
    [1, 0],
    [1, 3],
    [3, 2],
  ])('sends %i replies, queues %i, and rejects the next one at once', async (connections, queue) => {
    const held: ServerResponse[] = [];
    const { gateway, upstream } = await startStage((response) => held.push(response), {
      DASHLY_MAX_CONNECTIONS: String(connections),
      DASHLY_MAX_QUEUE: String(queue),
    });
    const places = connections + queue;
    const accepted = Array.from({ length: places }, () => reply(gateway, { conversationId }, selection));
    await expect.poll(() => held.length).toBe(connections);
    await until(() => expect(gateway.inFlight().queue).toBe(queue));
    for (const _time of [1, 2, 3]) {
      expect(await reply(gateway, { conversationId }, selection)).toEqual(overloaded);
    }
    expect(upstream.requests).toHaveLength(connections);
    while (upstream.requests.length < places || held.length > 0) {
      for (const response of held.splice(0)) answerJson(newAnswer())(response, noRequest);
      await delay(5);
    }
    expect(await Promise.all(accepted)).toEqual(accepted.map(() => sent));
    const late = reply(gateway, { conversationId }, selection);
    await expect.poll(() => held.length).toBe(1);
    for (const response of held) answerJson(newAnswer())(response, noRequest);
    expect(await late).toEqual(sent);
  });

  test('the time in the queue counts towards the timeout', async () => {
    const { gateway, upstream } = await startStage(() => {}, {
      DASHLY_MAX_CONNECTIONS: '1',
      DASHLY_TIMEOUT_MS: '3000',
    });
    const results = await Promise.all(
      [1, 2, 3].map(() => reply(gateway, { conversationId }, '__typename ... on ReplyError { delivery }')),
    );
    // Otherwise the next one would be sent after the first.
    expect(results.map(({ delivery }) => delivery).sort()).toEqual([
      'NOT_DELIVERED',
      'NOT_DELIVERED',
      'UNKNOWN',
    ]);
    expect(upstream.requests).toHaveLength(1);
  });

  test('a client that disconnects removes its reply from the queue', async () => {
    const held: ServerResponse[] = [];
    const { gateway, upstream } = await startStage((response) => held.push(response), {
      DASHLY_MAX_CONNECTIONS: '1',
      DASHLY_MAX_QUEUE: '1',
    });
    const first = reply(gateway, { conversationId }, selection);
    await expect.poll(() => held.length).toBe(1);
    const client = new AbortController();
    const gone = fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Token a' },
      body: JSON.stringify({
        query: 'mutation { replyToConversation(input: { conversationId: "2" }) { __typename } }',
      }),
      signal: client.signal,
    });
    await until(() => expect(gateway.inFlight().queue).toBe(1));
    expect(await reply(gateway, { conversationId }, selection)).toEqual(overloaded);
    client.abort();
    await expect(gone).rejects.toThrow();
    await until(() => expect(gateway.inFlight().queue).toBe(0));
    const third = reply(gateway, { conversationId }, selection);
    await until(() => expect(gateway.inFlight().queue).toBe(1));
    for (const response of held.splice(0)) answerJson(newAnswer())(response, noRequest);
    await expect.poll(() => held.length).toBe(1);
    for (const response of held.splice(0)) answerJson(newAnswer())(response, noRequest);
    expect([await first, await third]).toEqual([sent, sent]);
    expect(upstream.requests.map(({ path }) => path)).toEqual([
      `/conversations/${conversationId}/reply`,
      `/conversations/${conversationId}/reply`,
    ]);
    expect(gateway.errors).toEqual([]);
  });
});

test('at three times its capacity memory use stays constant, and every accepted reply is answered', async () => {
  const server = createServer((request, response) => {
    request.resume();
    setTimeout(() => answerJson(newAnswer())(response, noRequest), 20);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { origin, processId, child } = await startCommand({
    DASHLY_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    DASHLY_MAX_CONNECTIONS: '4',
    DASHLY_MAX_QUEUE: '20',
    // Without a limit, V8 would let the heap grow.
    NODE_OPTIONS: '--max-old-space-size=80 --max-semi-space-size=4',
  });
  const gateway = { url: `${origin}/graphql` };
  const body = 'x'.repeat(2_000);
  const kinds = ['ReplyToConversationPayload', 'OVERLOADED'];
  /** Sends replies from three times as many clients as the gateway has places, until both results have occurred this often. */
  async function drive(count: number): Promise<Map<string, number>> {
    const results = new Map<string, number>();
    const clients = Array.from({ length: 3 * 24 }, async () => {
      while (kinds.some((kind) => (results.get(kind) ?? 0) < count)) {
        const { reason, __typename } = await reply(gateway, { conversationId, body }, selection);
        const name = reason ?? __typename;
        results.set(name, (results.get(name) ?? 0) + 1);
        await delay(50);
      }
    });
    await Promise.all(clients);
    return results;
  }
  const memory = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1]) / 1024;

  await drive(300);
  const before = memory();
  const results = await drive(500);
  expect(new Set(results.keys())).toEqual(new Set(kinds));
  // In megabytes; the heap varies.
  expect(memory() - before).toBeLessThan(60);
  child.kill('SIGTERM');
});

describe('after a 429 with Retry-After', () => {
  test.each([
    ['as Dashly documents it', { meta: { status: 429, error: 'TooManyRequests' } }],
    ['from a proxy', '<html>'],
  ])('%s nothing is sent for that token until the time has passed', async (_name, json) => {
    let isBusy = true;
    const { gateway, upstream } = await startStage((response, request) => {
      const respond = isBusy ? answerJson(json, 429, { 'retry-after': '5' }) : answerReply();
      isBusy = false;
      respond(response, request);
    });
    const send = (token: string) =>
      reply(gateway, { conversationId }, selection, { authorization: `Token ${token}` });
    const began = performance.now();
    await send('a');
    for (const _time of [1, 2]) {
      expect(await send('a')).toEqual({
        __typename: 'TooManyRequestsError',
        delivery: 'NOT_DELIVERED',
        retryAfterSeconds: expect.toSatisfy((seconds) => seconds >= 1 && seconds <= 5),
      });
    }
    expect(upstream.requests).toHaveLength(1);
    expect(await send('b')).toEqual(sent);
    await until(async () => expect(await send('a')).toEqual(sent));
    expect(performance.now() - began).toBeGreaterThan(5_000);
    expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Token a',
      'Token b',
      'Token a',
    ]);
  });

  test.each(['0', 'soon', ''])('of %j, the next reply is sent', async (retryAfter) => {
    const { gateway, upstream } = await startStage(
      answerJson({ meta: { status: 429, error: 'TooManyRequests' } }, 429, { 'retry-after': retryAfter }),
    );
    for (const _time of [1, 2]) await reply(gateway, { conversationId }, selection);
    expect(upstream.requests).toHaveLength(2);
  });
});

/** `answerJson` does not look at the request. */
const noRequest = { method: '', path: '', headers: {}, body: '', fields: [], connection: 0 };
