/** A Redis Cluster: slots that move, and masters that fail, while keyed replies run. */

import { hash } from 'node:crypto';
import { createClient } from '@redis/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { slotOfKey } from '../../../src/store/redis/cluster-nodes.ts';
import { connectRedis, redisKey } from '../../../src/store/redis/connect-redis.ts';
import { RedisUnreachable } from '../../../src/store/redis/run-script.ts';
import { KeyedLoad } from '../../support/gateway/keyed-load.ts';
import { answerAsAsked, replay, send, sent } from '../../support/gateway/keyed-reply.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { asDocumentedUser, documentedRedisUser } from '../../support/redis/documented-redis-user.ts';
import { movedSlots, startCluster, type TestCluster } from '../../support/redis/start-cluster.ts';
import { isRedisMissing, startRedisProcess } from '../../support/redis/start-redis.ts';
import {
  type ScriptedRedis,
  slotsReply,
  startScriptedRedis,
} from '../../support/redis/start-scripted-redis.ts';
import { until } from '../../support/until.ts';
import { type Respond, startUpstream } from '../../support/upstream/start-upstream.ts';

const timeout = 60_000;

/** So that keys are claimed when their slots move. */
const answerLater: Respond = (...call) => void setTimeout(() => answerAsAsked(...call), 30);

/** Resolves when the first replica is a master. */
function isPromoted({ replicas }: Pick<TestCluster, 'replicas'>): Promise<void> {
  return until(async () => expect(await replicas[0].command('INFO', 'replication')).toContain('role:master'));
}

describe.skipIf(isRedisMissing)('a Redis Cluster (needs /usr/bin/redis-server)', () => {
  async function start(environment: Record<string, string> = {}) {
    const cluster = await startCluster();
    const upstream = await startUpstream(answerLater);
    const shared = {
      DASHLY_API_URL: upstream.url,
      REDIS_URL: asDocumentedUser(cluster.url),
      READY_REQUIRES_REDIS: 'true',
      ...environment,
    };
    for (const node of [...cluster.masters, ...cluster.replicas])
      await node.command('ACL', 'SETUSER', ...documentedRedisUser);
    const gateways = await Promise.all([startGateway(shared), startGateway(shared)]);
    for (const { origin } of gateways)
      await until(async () => expect((await fetch(`${origin}/ready`)).status).toBe(200));
    return { cluster, upstream, gateways };
  }

  test('stores keys and counters on all masters', { timeout }, async () => {
    const { cluster, upstream, gateways } = await start({ RATE_LIMIT_APPLIES_TO: 'dashly-token' });
    const [one, other] = gateways;
    for (let index = 0; index < 30; index++) {
      const idempotencyKey = `key-${index}`;
      expect(await send(one, { idempotencyKey })).toMatchObject(sent);
      expect(await send(other, { idempotencyKey })).toMatchObject(replay);
    }
    expect(upstream.requests).toHaveLength(30);
    const sizes = await Promise.all(cluster.masters.map((master) => master.command('DBSIZE')));
    for (const size of sizes) expect(size).toBeGreaterThan(0);
    expect(sizes.map(Number).reduce((sum, size) => sum + size)).toBe(31);
  });

  test('is complete when the last slot gets a server', { timeout }, async () => {
    const cluster = await startCluster();
    const nodes = [...cluster.masters, ...cluster.replicas];
    for (const node of nodes) await node.command('CLUSTER', 'DELSLOTS', '16383');
    const { origin } = await startGateway({ REDIS_URL: cluster.url, READY_REQUIRES_REDIS: 'true' });
    const ready = async () => (await fetch(`${origin}/ready`)).status;
    expect(await ready()).toBe(503);
    await cluster.masters[2].command('CLUSTER', 'ADDSLOTS', '16383');
    await until(async () => expect(await ready()).toBe(200));
  });

  test('reports no outage for a master that was replaced while a script waited for it', {
    timeout,
  }, async () => {
    const { url, masters, replicas } = await startCluster();
    const changes: string[] = [];
    const onRecovery = () => changes.push('recovery');
    const redis = connectRedis(url, () => changes.push('outage'), { onRecovery });
    onTestFinished(() => redis.close());
    await until(() => expect(redis.isReady).toBe(true));
    const [replaced, second, third] = masters;
    replaced.pause();
    await replicas[0].command('CLUSTER', 'FAILOVER', 'TAKEOVER');
    for (const node of [second, third])
      await until(async () => {
        const ranges = (await node.command('CLUSTER', 'SLOTS')) as readonly unknown[][];
        expect(ranges.map(([_from, _to, owner]) => (owner as unknown[])[1])).toContain(replicas[0].port);
      });
    // Its slot is 3300.
    const runScript = () => redis.evaluate('return 1', 'b', []);
    const late = expect(runScript()).rejects.toThrow('Redis did not respond in time.');
    // Now the slots are read again.
    await second.command('CLIENT', 'KILL', 'TYPE', 'normal');
    await late;
    expect(await until(runScript)).toBe(1);
    await until(() => expect(changes).toEqual(['outage', 'recovery']));
  });

  test('sends nothing twice if a master hangs', { timeout }, async () => {
    const { cluster, upstream, gateways } = await start();
    const load = new KeyedLoad(gateways);
    await load.runDuring(async () => {
      cluster.masters[0].pause();
      await isPromoted(cluster);
    });
    expect(load.report(upstream)).toMatchObject({ doubled: [], missing: [] });
  });

  test('sends each reply once while slots move, and refuses none', { timeout }, async () => {
    const { cluster, upstream, gateways } = await start({ REDIS_MIN_REPLICAS: '1' });
    // The caller of `send`, with the default prefix.
    const callerId = `dashly-token:${hash('sha256', 'sandbox', 'base64url')}`;
    const slotOf = (key: string) => slotOfKey(`dashly-gateway:${redisKey('reply', callerId, key)}`);
    const load = new KeyedLoad(gateways, (key) => slotOf(key) < movedSlots);
    load.start();
    await until(() => expect(load.sent).toBeGreaterThan(50));
    expect(await cluster.masters[1].command('DBSIZE')).toBe(0);
    await cluster.moveSlots(async () => {
      const before = load.sent;
      await until(() => expect(load.sent).toBeGreaterThan(before + 50));
    });
    const before = load.sent;
    await until(() => expect(load.sent).toBeGreaterThan(before + 50));
    await load.stop();
    await load.repeat();
    expect(load.report(upstream)).toMatchObject({ doubled: [], missing: [], unknown: [], refused: 0 });
    expect(await cluster.masters[0].command('DBSIZE')).toBe(0);
  });

  test.each<[name: string, minReplicas: number, fail: (cluster: TestCluster) => Promise<void>]>([
    [
      'is killed, and comes back as a replica',
      1,
      async ({ masters, replicas }) => {
        await masters[0].kill();
        await isPromoted({ replicas });
        await masters[0].restart();
      },
    ],
    [
      'is replaced by command',
      0,
      async ({ replicas }) => {
        await replicas[0].command('CLUSTER', 'FAILOVER');
        await isPromoted({ replicas });
      },
    ],
  ])('sends nothing twice if a master %s', { timeout }, async (_name, minReplicas, fail) => {
    const { cluster, upstream, gateways } = await start({ REDIS_MIN_REPLICAS: String(minReplicas) });
    const load = new KeyedLoad(gateways);
    await load.runDuring(() => fail(cluster));
    expect(load.report(upstream)).toMatchObject({ doubled: [], missing: [] });
  });
});

describe('the nodes of a Redis Cluster', () => {
  test.each<[name: string, held: string, reply: (port: number) => string]>([
    ['`CLUSTER SLOTS` is answered', 'CLUSTER', slotsReply],
    ['a script is redirected', 'EVAL', (port) => `-MOVED 1 127.0.0.1:${port}\r\n`],
  ])('get no connection if %s after `close`', async (_name, held, reply) => {
    const other = await startScriptedRedis(() => null);
    const answer = Promise.withResolvers<string>();
    let isHolding = false;
    const node: ScriptedRedis = await startScriptedRedis(([name, argument]) => {
      if (name === held && argument !== 'return 1') {
        isHolding = true;
        return answer.promise;
      }
      return name === 'CLUSTER' ? slotsReply(node.port) : null;
    });
    const redis = connectRedis(`redis-cluster://127.0.0.1:${node.port}`, () => {});
    if (held === 'EVAL') await until(() => expect(redis.isReady).toBe(true));
    const script = redis.evaluate('return 2', 'key', []).catch(() => {});
    await until(() => expect(isHolding).toBe(true));
    const closed = redis.close();
    answer.resolve(reply(other.port));
    await Promise.all([closed, script]);
    // Connects in as many steps, and later.
    const own = createClient({ url: `redis://127.0.0.1:${other.port}` });
    await own.connect();
    own.destroy();
    expect(other.connections()).toBe(1);
  });

  test('get a new connection if `CLUSTER SLOTS` is not answered', async () => {
    let isHung = false;
    const node: ScriptedRedis = await startScriptedRedis(([name]) => {
      if (isHung) return new Promise(() => {});
      isHung = name === 'CLUSTER';
      return isHung ? slotsReply(node.port, '127.0.0.1', 100) : null;
    });
    const redis = connectRedis(`redis-cluster://127.0.0.1:${node.port}`, () => {});
    onTestFinished(() => redis.close());
    await until(() => expect(isHung).toBe(true));
    await until(() => expect(node.connections()).toBeGreaterThan(1));
  });

  test('have the host of the asked node if a redirection names none', async () => {
    const stranger = await startScriptedRedis(() => null);
    const { port } = stranger;
    await startScriptedRedis(([, script]) => (script === 'return 2' ? ':2\r\n' : null), {
      host: '127.0.0.2',
      port,
    });
    const asked: ScriptedRedis = await startScriptedRedis(
      ([name, script]) => {
        if (name === 'CLUSTER') return slotsReply(asked.port, null);
        return script === 'return 2' ? `-MOVED 1 :${port}\r\n` : null;
      },
      { host: '127.0.0.2' },
    );
    const redis = connectRedis(`redis-cluster://127.0.0.2:${asked.port}`, () => {});
    onTestFinished(() => redis.close());
    await until(() => expect(redis.isReady).toBe(true));
    expect(await redis.evaluate('return 2', 'key', [])).toBe(2);
    expect(stranger.connections()).toBe(0);
  });

  test('that only redirect are an outage', async () => {
    const node: ScriptedRedis = await startScriptedRedis(([name, script]) => {
      if (name === 'CLUSTER') return slotsReply(node.port);
      return script === 'return 2' ? `-MOVED 1 127.0.0.1:${node.port}\r\n` : null;
    });
    const outages: string[] = [];
    const redis = connectRedis(`redis-cluster://127.0.0.1:${node.port}`, ({ message }) =>
      outages.push(message),
    );
    onTestFinished(() => redis.close());
    await until(() => expect(redis.isReady).toBe(true));
    await expect(redis.evaluate('return 2', 'key', [])).rejects.toThrow(RedisUnreachable);
    expect(outages).toEqual(['No server of the Redis Cluster has the key.']);
  });
});

describe.skipIf(isRedisMissing)('the slot of a key (needs /usr/bin/redis-server)', () => {
  test('is the one that Redis computes', async () => {
    const server = await startRedisProcess(() => ['--cluster-enabled', 'yes']);
    for (const key of ['', '123456789', 'dashly-gateway:reply:w_-9', 'é', 'x'.repeat(300)])
      expect(slotOfKey(key)).toBe(await server.command('CLUSTER', 'KEYSLOT', key));
  });
});
