/** Redis behind Sentinels: failovers while keyed replies run, and URLs that are rejected. */

import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectRedis } from '../../../src/store/redis/connect-redis.ts';
import { KeyedLoad } from '../../support/gateway/keyed-load.ts';
import { answerAsAsked, replay, send, sent, storeUnreachable } from '../../support/gateway/keyed-reply.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { startProxy } from '../../support/proxy/start-proxy.ts';
import { isRedisMissing } from '../../support/redis/start-redis.ts';
import {
  masterName,
  startReplicated,
  startSentinels,
  type Watched,
} from '../../support/redis/start-sentinels.ts';
import { until } from '../../support/until.ts';
import { startUpstream } from '../../support/upstream/start-upstream.ts';
import { expectRefusal, openTestStore } from '../open-test-store.ts';

const timeout = 60_000;

describe.skipIf(isRedisMissing)('a Redis behind Sentinels (needs /usr/bin/redis-server)', () => {
  async function start(minReplicas: number) {
    const watched = await startSentinels(await startReplicated(2));
    const upstream = await startUpstream(answerAsAsked);
    const shared = {
      DASHLY_API_URL: upstream.url,
      REDIS_URL: watched.url,
      REDIS_MIN_REPLICAS: String(minReplicas),
      READY_REQUIRES_REDIS: 'true',
    };
    const gateways = await Promise.all([startGateway(shared), startGateway(shared)]);
    for (const { origin } of gateways)
      await until(async () => expect((await fetch(`${origin}/ready`)).status).toBe(200));
    return { watched, upstream, gateways };
  }

  const failover = ({ sentinels }: Watched) =>
    sentinels[1]?.command('SENTINEL', 'FAILOVER', masterName) ?? Promise.reject();

  test.each<[name: string, minReplicas: number, fail: (watched: Watched) => Promise<void>]>([
    [
      'is killed, and comes back as a replica',
      1,
      async ({ primary, hasPromoted }) => {
        await primary.kill();
        await hasPromoted();
        await primary.restart();
      },
    ],
    [
      'hangs, and comes back as a replica',
      1,
      async ({ primary, hasPromoted }) => {
        primary.pause();
        await hasPromoted();
        primary.resume();
      },
    ],
    [
      'is replaced by command, after its writes were paused',
      0,
      async (watched) => {
        await watched.primary.command('CLIENT', 'PAUSE', '10000', 'WRITE');
        await failover(watched);
        await watched.hasPromoted();
        await watched.sentinels[0]?.kill();
      },
    ],
    [
      'is replaced by command, if all replicas are required',
      2,
      async (watched) => {
        await failover(watched);
        await watched.hasPromoted();
      },
    ],
  ])('sends nothing twice if its primary %s', { timeout }, async (_name, minReplicas, fail) => {
    const { watched, upstream, gateways } = await start(minReplicas);
    const load = new KeyedLoad(gateways);
    await load.runDuring(() => fail(watched));
    expect(load.report(upstream)).toMatchObject({ doubled: [], missing: [] });
  });

  test('has a new connection to a Sentinel that hangs', { timeout }, async () => {
    const { sentinels } = await startSentinels(await startReplicated(0));
    const [first, ...others] = sentinels.map(({ port }) => port);
    const proxy = await startProxy(first ?? 0, (chunk) => chunk);
    const hosts = [proxy.port, ...others].map((port) => `127.0.0.1:${port}`);
    const redis = connectRedis(`redis-sentinel://${hosts}?master_name=${masterName}`, () => {});
    onTestFinished(() => redis.close());
    await until(() => expect(redis.isReady).toBe(true));
    await until(() => expect(proxy.connections()).toBeGreaterThan(0));
    sentinels[0]?.pause();
    const before = proxy.connections();
    await until(() => expect(proxy.connections()).toBeGreaterThan(before));
  });

  /** Disconnects the replicas, which cannot connect again. Other connections stay open. */
  async function cutOffReplicas({ primary, replicas }: Watched): Promise<void> {
    await primary.command('CONFIG', 'SET', 'requirepass', 'unknown-to-replicas');
    for (const replica of replicas) await replica.command('CLIENT', 'KILL', 'TYPE', 'master');
    for (const replica of replicas)
      await until(async () =>
        expect(await replica.command('INFO', 'replication')).toContain('master_link_status:down'),
      );
  }

  test('sends a reply again if it loses a claim that no replica had', { timeout }, async () => {
    const { watched, upstream, gateways } = await start(0);
    const [one, other] = gateways;
    await cutOffReplicas(watched);
    expect(await send(one)).toMatchObject(sent);
    await watched.primary.kill();
    await watched.hasPromoted();
    await until(async () => expect(await send(other)).toMatchObject(sent));
    expect(upstream.requests).toHaveLength(2);
  });

  test('refuses a claim that no replica has, with REDIS_MIN_REPLICAS', { timeout }, async () => {
    const { watched, upstream, gateways } = await start(1);
    const [one, other] = gateways;
    await cutOffReplicas(watched);
    for (const gateway of [one, other]) expect(await send(gateway)).toEqual(storeUnreachable);
    expect(upstream.requests).toEqual([]);
    // On a slow machine, the start of the Sentinels is an outage of its own, and no other is logged within a minute.
    expect(one.errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/^(?:Only 0 of 1 replicas|No Sentinel of REDIS_URL answers)/),
      }),
    ]);
    await watched.primary.kill();
    await watched.hasPromoted();
    await until(async () => expect(await send(other)).toMatchObject(sent));
    // It has a connection of its own to the new primary, perhaps later.
    await until(async () => expect(await send(one)).toMatchObject(replay));
    expect(upstream.requests).toHaveLength(1);
  });

  test('is rejected at the start for a name that is unknown to the Sentinels', async () => {
    const { url } = await startSentinels(await startReplicated(0));
    await expectRefusal(
      url.replace(masterName, 'basket'),
      'REDIS_URL cannot be used: the Sentinels have no primary with the name "basket".',
    );
  });

  test('may require the user of docs/production.md for its Sentinels', async () => {
    const { url, sentinels } = await startSentinels(await startReplicated(0));
    const page = readFileSync(new URL('../../../docs/production.md', import.meta.url), 'utf8');
    const line = /`user (gateway [^`]*sentinel[^`]*)`/.exec(page)?.[1] ?? '';
    const user = line.replace('>PASSWORD', '>S3cr3t').split(/\s+/);
    for (const sentinel of sentinels) {
      await sentinel.command('ACL', 'SETUSER', ...user);
      await sentinel.command('ACL', 'SETUSER', 'default', 'resetpass', '>another');
    }
    await expectRefusal(url, 'REDIS_URL cannot be used: Redis answers "NOAUTH ');
    const store = await openTestStore(`${url}&sentinel_username=gateway&sentinel_password=S3cr3t`);
    await until(() => expect(store.isReachable()).toBe(true));
  });
});
