/** What is found out about a server of Redis before it is used: its kind, its memory policy, and what its user may do. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { answerAsAsked, replay, send, sent } from '../../support/gateway/keyed-reply.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { asDocumentedUser, documentedRedisUser } from '../../support/redis/documented-redis-user.ts';
import { startCluster } from '../../support/redis/start-cluster.ts';
import { isRedisMissing, startRedisProcess } from '../../support/redis/start-redis.ts';
import { startReplicated, startSentinels } from '../../support/redis/start-sentinels.ts';
import { until } from '../../support/until.ts';
import { startUpstream } from '../../support/upstream/start-upstream.ts';
import { expectRefusal, openTestStore } from '../open-test-store.ts';

describe.skipIf(isRedisMissing)('a server of Redis (needs /usr/bin/redis-server)', () => {
  test('of another kind than in the URL is rejected at the start', async () => {
    const single = await startRedisProcess();
    const [cluster, watched] = await Promise.all([
      startCluster(),
      startReplicated(0).then((servers) => startSentinels(servers)),
    ]);
    const node = cluster.masters[0].port;
    const sentinel = watched.sentinels[0]?.port;
    const cases: [url: string, message: string][] = [
      [
        `redis-cluster://127.0.0.1:${single.port}`,
        'the server is not in a Redis Cluster; use redis://host:6379',
      ],
      [`redis://127.0.0.1:${node}`, 'the server is a node of a Redis Cluster; use redis-cluster://'],
      [`redis://127.0.0.1:${sentinel}`, 'the server is a Sentinel; use redis-sentinel://'],
      [
        `redis-sentinel://127.0.0.1:${single.port}?master_name=shop`,
        'the server is not a Sentinel; use redis://host:6379',
      ],
    ];
    for (const [url, message] of cases) await expectRefusal(url, `REDIS_URL cannot be used: ${message}`);
  });

  test.each([
    ['may evict keys: there is one warning', ['1mb', 'allkeys-lru'], 1],
    ['may not evict keys, by its policy', ['1mb', 'noeviction'], 0],
    ['may not evict keys, since its memory has no limit', ['0', 'volatile-lru'], 0],
  ])('that %s', async (_name, [memory = '', policy = ''], count) => {
    const server = await startRedisProcess(() => ['--maxmemory', memory, '--maxmemory-policy', policy]);
    const warnings: string[] = [];
    const store = await openTestStore(server.url, { onWarning: (message) => warnings.push(message) });
    await server.command('CLIENT', 'KILL', 'TYPE', 'normal');
    await until(() => expect(store.isReachable()).toBe(false));
    await until(() => expect(store.isReachable()).toBe(true));
    expect(warnings).toHaveLength(count);
    for (const warning of warnings)
      expect(warning).toBe(
        `Redis may evict idempotency keys, after which a retry sends its reply again: its maxmemory-policy is "${policy}"; set it to "noeviction".`,
      );
  });

  test('that becomes a replica is not reachable, until it is a primary again', async () => {
    const server = await startRedisProcess();
    const store = await openTestStore(server.url);
    await server.command('REPLICAOF', '127.0.0.1', '1');
    await server.command('CLIENT', 'KILL', 'TYPE', 'normal');
    await until(() => expect(store.isReachable()).toBe(false));
    await server.command('REPLICAOF', 'NO', 'ONE');
    await until(() => expect(store.isReachable()).toBe(true));
  });

  describe('with a user that may do what docs/production.md lists', () => {
    async function start(minReplicas: string, prefix: string) {
      const { primary } = await startReplicated(1);
      await primary.command('ACL', 'SETUSER', ...documentedRedisUser);
      const upstream = await startUpstream(answerAsAsked);
      const environment = {
        DASHLY_API_URL: upstream.url,
        REDIS_URL: asDocumentedUser(primary.url),
        REDIS_KEY_PREFIX: prefix,
        REDIS_MIN_REPLICAS: minReplicas,
        RATE_LIMIT_APPLIES_TO: 'dashly-token',
      };
      return { primary, upstream, environment };
    }

    test('works completely, and nothing is denied', async () => {
      const { primary, upstream, environment } = await start('1', 'dashly-gateway:');
      const gateway = await startGateway(environment);
      expect(await send(gateway)).toMatchObject(sent);
      expect(await send(gateway)).toMatchObject(replay);
      const failing = await startGateway({ ...environment, DASHLY_API_URL: 'http://127.0.0.1:1' });
      expect(await send(failing, { idempotencyKey: 'key-2' })).toMatchObject({ delivery: 'NOT_DELIVERED' });
      expect(await send(gateway, { idempotencyKey: 'key-2' })).toMatchObject(sent);
      expect(upstream.requests).toHaveLength(2);
      expect(gateway.errors).toEqual([]);
      expect(await primary.command('ACL', 'LOG')).toEqual([]);
      for (const words of [['KEYS', '*'], ['FLUSHALL'], ['CONFIG', 'GET', '*'], ['GET', 'another']])
        expect(await primary.command('ACL', 'DRYRUN', 'gateway', ...words)).toMatch(/no permissions/);
    });

    test.each(['idempotency-scripts.ts', 'redis-rate-limit.ts'])('may run all commands of %s', (file) => {
      const source = readFileSync(new URL(`../../../src/store/redis/${file}`, import.meta.url), 'utf8');
      const names = Array.from(source.matchAll(/redis\.call\('(\w+)'/g), ([, name = '']) =>
        name.toLowerCase(),
      );
      expect(names.length).toBeGreaterThan(5);
      for (const name of names) expect(documentedRedisUser).toContain(`+${name}`);
    });

    test('is rejected at the start with another prefix', async () => {
      const { environment } = await start('0', 'shop:');
      await until(() =>
        expect(startGateway(environment)).rejects.toThrow('REDIS_URL cannot be used: Redis answers "NOPERM '),
      );
    });
  });

  test('has only keys with the prefix', async () => {
    const server = await startRedisProcess();
    const upstream = await startUpstream(answerAsAsked);
    const gateway = await startGateway({
      DASHLY_API_URL: upstream.url,
      REDIS_URL: server.url,
      REDIS_KEY_PREFIX: 'shop/staging:',
      RATE_LIMIT_APPLIES_TO: 'dashly-token',
    });
    expect(await send(gateway)).toMatchObject(sent);
    const keys = (await server.command('KEYS', '*')) as readonly string[];
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(key).toMatch(/^shop\/staging:(?:reply|count):[\w-]{43}$/);
  });
});
