/** The connection to Redis: timeouts, failover, and rejected URLs. */

import { setImmediate as turn } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { connectRedis } from '../../../src/store/redis/connect-redis.ts';
import { RedisRefused } from '../../../src/store/redis/redis-refused.ts';
import { RedisUnreachable } from '../../../src/store/redis/run-script.ts';
import { findSecrets } from '../../support/find-secrets.ts';
import { blockEventLoop } from '../../support/gateway/block-event-loop.ts';
import { endCommands, startCommand } from '../../support/process/start-command.ts';
import { type OnBytes, startProxy } from '../../support/proxy/start-proxy.ts';
import {
  isRedisMissing,
  type RedisProcess,
  startRedis,
  startRedisProcess,
} from '../../support/redis/start-redis.ts';
import { until } from '../../support/until.ts';
import { openTestStore } from '../open-test-store.ts';

afterAll(endCommands);

describe.skipIf(isRedisMissing)('a connection to Redis', () => {
  test('reads a response that arrived in time, although the event loop was blocked for longer', async () => {
    const server = await startRedis();
    const redis = connectRedis(server.url, () => {});
    onTestFinished(() => redis.close());
    await until(() => redis.evaluate('return 1', 'key', []));
    const answer = redis.evaluate('return 2', 'key', []);
    await turn();
    blockEventLoop(1_500);
    expect(await answer).toBe(2);
    expect(await redis.evaluate('return 3', 'key', [])).toBe(3);
  });

  test('whose queue is full does not run a script', async () => {
    const server = await startRedis();
    const redis = connectRedis(server.url, () => {});
    onTestFinished(() => redis.close());
    await until(() => redis.evaluate('return 1', 'key', []));
    const scripts = Array.from({ length: 10_001 }, () => redis.evaluate('return 1', 'key', []));
    const [last] = (await Promise.allSettled(scripts)).slice(-1);
    expect(last).toMatchObject({ status: 'rejected', reason: expect.any(RedisUnreachable) });
  });

  const setKey = "return redis.call('SET', KEYS[1], ARGV[1])";
  const portOf = (url: string) => Number(new URL(url).port);
  const unchanged: OnBytes = (chunk) => chunk;

  async function command(url: string, ...words: string[]): Promise<void> {
    const client = createClient({ url });
    await client.connect();
    await client.sendCommand(words);
    client.destroy();
  }

  /** As Redis 6 puts it. */
  const wordedByRedis6: OnBytes = (chunk, way) =>
    way === 'there'
      ? chunk
      : Buffer.from(
          chunk
            .toString('latin1')
            .replace('-READONLY', '-ERR Error running script (call to f_0): @user_script:1: -READONLY'),
          'latin1',
        );

  test.each<[name: string, words: readonly string[][], onBytes?: OnBytes]>([
    ['READONLY', [['REPLICAOF', '127.0.0.1', '1']]],
    ['READONLY of Redis 6', [['REPLICAOF', '127.0.0.1', '1']], wordedByRedis6],
    [
      'MASTERDOWN',
      [
        ['CONFIG', 'SET', 'replica-serve-stale-data', 'no'],
        ['REPLICAOF', '127.0.0.1', '1'],
      ],
    ],
    ['NOREPLICAS', [['CONFIG', 'SET', 'min-replicas-to-write', '1']]],
  ])('that responds %s is replaced by one to the new primary', async (_name, words, onBytes = unchanged) => {
    const [first, second] = await Promise.all([startRedis(), startRedis()]);
    let primary = first;
    const address = await startProxy(() => portOf(primary.url), onBytes);
    const errors: Error[] = [];
    const redis = connectRedis(`redis://127.0.0.1:${address.port}`, (error) => errors.push(error));
    onTestFinished(() => redis.close());
    const set = () => redis.evaluate(setKey, 'key', ['value']);
    await until(set);

    for (const line of words) await command(first.url, ...line);
    await expect(set()).rejects.toThrow(RedisUnreachable);
    // The first new connection still leads to the old primary.
    await until(() => expect(address.connections()).toBe(2));
    await until(async () => {
      await expect(set()).rejects.toThrow(RedisUnreachable);
      expect(address.connections()).toBe(3);
    });
    primary = second;
    expect(await until(set)).toBe('OK');
    expect(await second.dump()).toEqual(new Map([['key', 'value']]));
    expect(errors).toHaveLength(1);
    // One per second, although the test calls far more often.
    expect(address.connections()).toBeLessThan(10);
  });

  test('that hangs while scripts are sent is replaced by one to the new primary', async () => {
    const [first, second] = await Promise.all([startRedis(), startRedis()]);
    let primary = first;
    const address = await startProxy(() => portOf(primary.url), unchanged);
    const redis = connectRedis(`redis://127.0.0.1:${address.port}`, () => {});
    onTestFinished(() => redis.close());
    const set = () => redis.evaluate(setKey, 'key', ['value']);
    await until(set);
    first.pause();
    primary = second;
    expect(await until(set)).toBe('OK');
    expect(await second.dump()).toEqual(new Map([['key', 'value']]));
  });

  test.each<[name: string, password: string, url: (base: string) => string, reply: string]>([
    ['a database that it does not have', '', (base) => `${base}/99`, 'ERR DB index is out of range'],
    ['a wrong password', 'S3cr3t', (base) => base.replace('//', '//:wr0ng@'), 'WRONGPASS '],
    ['no password', 'S3cr3t', (base) => base, 'NOAUTH '],
  ])('is rejected at the start for %s', async (_name, password, urlOf, reply) => {
    const server = await startRedis();
    if (password) await command(server.url, 'CONFIG', 'SET', 'requirepass', password);
    const error = await openTestStore(urlOf(server.url)).catch((it: unknown) => it);
    expect(error).toBeInstanceOf(RedisRefused);
    expect(String(error)).toContain(`REDIS_URL cannot be used: Redis answers "${reply}`);
    expect(String(error)).not.toMatch(/S3cr3t|wr0ng/);
  });

  describe('logs no password', () => {
    const password = 'S3cretPasswordOfRedis';

    const startGatewayFor = (server: RedisProcess) =>
      startCommand({ REDIS_URL: server.url.replace('//', `//gateway:${password}@`) });

    test('that a server without `HELLO` repeats after the start', async () => {
      const server = await startRedisProcess(() => ['--rename-command', 'HELLO', '']);
      server.pause();
      const { output } = await startGatewayFor(server);
      server.resume();
      await until(() => expect(output.out).toContain('Redis answers \\"ERR unknown command\\"'));
      expect(findSecrets(output.out + output.err, { password })).toEqual([]);
    });

    test('that is changed while a gateway is connected', async () => {
      const server = await startRedisProcess();
      await server.command('ACL', 'SETUSER', 'gateway', 'on', `>${password}`, '~*', '+@all');
      const { output } = await startGatewayFor(server);
      await server.command('ACL', 'SETUSER', 'gateway', 'resetpass', '>another');
      await server.command('CLIENT', 'KILL', 'USER', 'gateway');
      await until(async () => expect(await server.command('ACL', 'LOG')).toHaveLength(1));
      await until(() => expect(output.out).toContain('The Redis of REDIS_URL is unreachable'));
      expect(findSecrets(output.out + output.err, { password })).toEqual([]);
    });
  });

  test('does not pass on the password that an old server repeats', () => {
    const reply = 'ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `default`, `S3cr3t`, ';
    expect(RedisRefused.byReply(reply).message).toBe(
      'REDIS_URL cannot be used: Redis answers "ERR unknown command".',
    );
  });
});
