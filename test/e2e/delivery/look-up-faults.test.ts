/** Look-ups during other failures: pages with hostile parts, a gateway that stops, a lost Redis, an outage of Dashly. */

import type { ServerResponse } from 'node:http';
import { afterAll, describe, expect, test } from 'vitest';
import {
  confirm,
  looksUp,
  prove,
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
  type RestPart,
  startReadableUpstream,
} from '../../support/upstream/start-readable-upstream.ts';

afterAll(endCommands);

describe('a page', () => {
  const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

  /** The reply is created with these fields, and its response is lost. */
  async function sendAndLose(change: (part: RestPart) => object) {
    const upstream = await startReadableUpstream({
      respond(response, request, part) {
        Object.assign(part, change(part));
        loseResponse(response, request, part);
      },
    });
    const gateway = await startProven(upstream, { RECOVERY_TIMEOUT_MS: '1100' });
    return { result: await send(gateway), errors: gateway.errors };
  }

  test.each<[string, (part: RestPart) => object, object]>([
    ['the number as a string', (part) => ({ random_id: String(part['random_id']) }), recovered],
    ['a fraction', (part) => ({ random_id: Number(part['random_id']) + 0.5 }), unknown],
    ['a number of 70 digits', (part) => ({ random_id: `${part['random_id']}`.padEnd(70, '0') }), unknown],
    [
      'a number that differs by 2^32',
      (part) => ({ random_id: Number(part['random_id']) + 2 ** 32 }),
      unknown,
    ],
    ['an object as the number', (part) => ({ random_id: { id: part['random_id'] } }), unknown],
    ['a part from the future', () => ({ created: 4_000_000_000 }), recovered],
    ['a part without a time', () => ({ created: null }), unknown],
    ['a part of more than 4 MiB', () => ({ body: 'x'.repeat(4 * 2 ** 20) }), unknown],
    ['a part of 3 MiB', () => ({ body: 'x'.repeat(3 * 2 ** 20) }), recovered],
    ['a part nested 1,000 times', () => ({ meta_data: { a: nested(1_000) } }), unknown],
  ])('with %s', async (_what, change, expected) => {
    const { result, errors } = await sendAndLose(change);
    expect(result).toMatchObject(expected);
    expect(errors).toEqual([]);
  });

  test.each([
    ['no time', (response: ServerResponse) => Object.assign(response, { sendDate: false })],
    ['a time that is none', (response: ServerResponse) => void response.setHeader('date', 'yesterday')],
    [
      'a time of 1970',
      (response: ServerResponse) => void response.setHeader('date', new Date(0).toUTCString()),
    ],
  ])('with %s proves a number of the gateway', async (_what, setDate) => {
    const upstream = await startReadableUpstream({ respond: loseResponse });
    const gateway = await startProven(upstream, { RECOVERY_TIMEOUT_MS: '1100' });
    upstream.behavior.read = (response) => {
      response.removeHeader('date');
      setDate(response);
      return false;
    };
    expect(await send(gateway)).toMatchObject(recovered);
  });
});

describe('a gateway that stops', () => {
  async function startProvenCommand(upstream: ReadableUpstream, environment: Record<string, string>) {
    const command = await startCommand({ DASHLY_API_URL: upstream.url, ...looksUp, ...environment });
    const url = `${command.origin}/graphql`;
    await prove({ url }, upstream);
    return { ...command, url };
  }

  test('finishes a look-up', async () => {
    const upstream = await startReadableUpstream({ respond: loseResponse });
    const { child, url, ended } = await startProvenCommand(upstream, {});
    const call = send({ url });
    await until(() => expect(upstream.posts()).toHaveLength(2));
    child.kill('SIGTERM');
    expect(await call).toMatchObject(recovered);
    expect(await ended).toBe(0);
  });

  test('answers in time although a look-up hangs', async () => {
    const upstream = await startReadableUpstream({ respond: loseResponse });
    const { child, url, ended } = await startProvenCommand(upstream, { SHUTDOWN_TIMEOUT_MS: '500' });
    upstream.behavior.read = () => true;
    const reads = upstream.reads().length;
    const call = send({ url });
    await until(() => expect(upstream.reads().length).toBeGreaterThan(reads));
    child.kill('SIGTERM');
    expect(await call).toMatchObject({ __typename: 'DashlyUnavailableError', delivery: 'UNKNOWN' });
    expect(await ended).toBe(1);
  });
});

describe.skipIf(isRedisMissing)('with Redis', () => {
  test('what is found while Redis is away is replayed once it is back', async () => {
    const redis = await startRedis({ isDurable: true });
    const upstream = await startReadableUpstream();
    const gateway = await startProven(upstream, { REDIS_URL: redis.url });
    upstream.behavior.respond = (response, request, part) => {
      void redis.kill().then(() => loseResponse(response, request, part));
    };
    const keyed = { idempotencyKey: 'key-1' };
    const sentBefore = upstream.posts().length;
    expect(await send(gateway, keyed)).toMatchObject(recovered);
    await redis.restart();
    await until(async () =>
      expect(await send(gateway, keyed)).toMatchObject({ ...recovered, replayed: true }),
    );
    expect(upstream.posts()).toHaveLength(sentBefore + 1);
  });
});

describe('an outage', () => {
  const callers = ['a', 'b', 'c', 'd'];
  const lost = 1_000;

  test.each([
    ['cannot be read', true],
    ['can be read', false],
  ])(
    'of 1,000 replies, whose conversations %s, keeps look-ups within their limits',
    async (_can, isFailing) => {
      const healthy = (path: string): boolean => path.startsWith('/conversations/1/');
      const open = { now: 0, most: 0 };
      const upstream = await startReadableUpstream({
        respond(response, request, part) {
          if (healthy(request.path)) confirm(response, request, part);
          else loseResponse(response, request, part);
        },
      });
      const gateway = await startProven(upstream, { DASHLY_MAX_CONNECTIONS: '16' });
      upstream.behavior.read = (response) => {
        open.now++;
        open.most = Math.max(open.most, open.now);
        response.once('close', () => open.now--);
        if (isFailing) setTimeout(() => response.writeHead(500).end(), 20);
        return isFailing;
      };
      const readsBefore = upstream.reads().length;
      const postsBefore = upstream.posts().length;
      const headers = (index: number) => ({ authorization: `Token ${callers[index % callers.length]}` });
      const outage = Promise.all(
        Array.from({ length: lost }, (_, index) =>
          send(gateway, { conversationId: `${100 + index}` }, headers(index)),
        ),
      );
      let isOver = false;
      void outage.then(() => {
        isOver = true;
      });
      let confirmed = 0;
      while (!isOver) {
        const result = await send(gateway, { conversationId: '1' }, headers(confirmed));
        expect(result).toMatchObject({ __typename: 'ReplyToConversationPayload', recovered: false });
        confirmed++;
      }
      const results = await outage;
      const found = results.filter(({ recovered: isFound }) => isFound);
      expect(results.filter((result) => !found.includes(result))).toEqual(
        Array(lost - found.length).fill(unknown),
      );
      const reads = upstream.reads().slice(readsBefore);
      const [readers, senders] = [reads, upstream.posts()].map(
        (requests) => new Set(requests.map(({ connection }) => connection)),
      );
      // No reply has to wait behind them: few replies are under way when they begin.
      expect(open.most).toBeLessThanOrEqual(3);
      expect(readers?.isDisjointFrom(senders ?? new Set())).toBe(true);
      expect(upstream.posts()).toHaveLength(postsBefore + lost + confirmed);
      expect(confirmed).toBeGreaterThan(0);
      if (isFailing) {
        expect(found).toEqual([]);
        // Then look-ups are off.
        expect(reads.length).toBeLessThanOrEqual(20 + 3);
      } else expect(found.length).toBeGreaterThan(0);
      expect(gateway.errors).toEqual([]);
    },
  );
});
