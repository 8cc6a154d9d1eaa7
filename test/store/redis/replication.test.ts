/** Claims that replicas must have before their reply is sent. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { connectRedis } from '../../../src/store/redis/connect-redis.ts';
import { NotReplicated } from '../../../src/store/redis/replication.ts';
import { answerAsAsked, replay, send, sent, storeUnreachable } from '../../support/gateway/keyed-reply.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { startProxy } from '../../support/proxy/start-proxy.ts';
import { isRedisMissing } from '../../support/redis/start-redis.ts';
import { startReplicated } from '../../support/redis/start-sentinels.ts';
import { until } from '../../support/until.ts';
import { startUpstream } from '../../support/upstream/start-upstream.ts';

describe.skipIf(isRedisMissing)('with REDIS_MIN_REPLICAS (needs /usr/bin/redis-server)', () => {
  async function start(minReplicas: string, urlOf: (port: number) => Promise<string>) {
    const { primary, replicas } = await startReplicated(1);
    const upstream = await startUpstream(answerAsAsked);
    const gateway = await startGateway({
      DASHLY_API_URL: upstream.url,
      REDIS_URL: await urlOf(primary.port),
      REDIS_MIN_REPLICAS: minReplicas,
    });
    return { primary, replica: replicas[0], upstream, gateway };
  }

  const direct = async (port: number) => `redis://127.0.0.1:${port}`;

  test('a reply is sent when a replica has its claim, and refused while it hangs', async () => {
    const { replica, upstream, gateway } = await start('1', direct);
    expect(await send(gateway)).toMatchObject(sent);
    replica?.pause();
    for (const idempotencyKey of ['key-2', 'key-3'])
      expect(await send(gateway, { idempotencyKey })).toEqual(storeUnreachable);
    // What was stored before is still known, and replies without a key need no claim.
    expect(await send(gateway)).toMatchObject(replay);
    expect(await send(gateway, { idempotencyKey: null })).toMatchObject(sent);
    expect(upstream.requests).toHaveLength(2);
    // One outage, although other scripts succeed in between.
    expect(gateway.errors).toEqual([new NotReplicated(0, 1)]);
    replica?.resume();
    for (const idempotencyKey of ['key-2', 'key-3'])
      await until(async () => expect(await send(gateway, { idempotencyKey })).toMatchObject(sent));
    expect(upstream.requests).toHaveLength(4);
  });

  test('a reply is refused if there are fewer replicas', async () => {
    const { upstream, gateway } = await start('2', direct);
    expect(await send(gateway)).toEqual(storeUnreachable);
    expect(upstream.requests).toEqual([]);
    expect(gateway.errors).toEqual([expect.any(NotReplicated)]);
  });

  test('a claim is not accepted if its connection is lost before a replica has it', async () => {
    let cut = false;
    const { upstream, gateway } = await start('1', async (port) => {
      const proxy = await startProxy(port, (chunk, way, { client, server }) => {
        if (!cut && way === 'there' && chunk.includes('WAIT')) {
          cut = true;
          client.destroy();
          server.destroy();
        }
        return chunk;
      });
      return direct(proxy.port);
    });
    expect(await send(gateway)).toEqual(storeUnreachable);
    expect(upstream.requests).toEqual([]);
    // The claim is released over the next connection.
    await until(async () => expect(await send(gateway)).toMatchObject(sent));
    expect(upstream.requests).toHaveLength(1);
  });

  test('claims at the same time share the commands that wait', async () => {
    const { primary } = await startReplicated(1);
    const redis = connectRedis(primary.url, (error) => expect.unreachable(String(error)), { minReplicas: 1 });
    onTestFinished(() => redis.close());
    await redis.connected;
    const write = (key: string) =>
      redis.evaluate("return redis.call('SET', KEYS[1], '1')", key, [], () => true);
    await Promise.all(Array.from({ length: 100 }, (_, index) => write(`${index}`)));
    const stats = await primary.command('INFO', 'commandstats');
    expect(Number(/cmdstat_wait:calls=(\d+)/.exec(String(stats))?.[1])).toBeLessThan(10);
  });
});
