/** Starts a primary of Redis with replicas, and Sentinels that promote one of them if the primary fails. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { until } from '../until.ts';
import { type RedisProcess, startRedisProcess } from './start-redis.ts';

export interface Replicated {
  readonly primary: RedisProcess;
  readonly replicas: readonly RedisProcess[];
}

export interface Watched extends Replicated {
  /** For `REDIS_URL`. */
  readonly url: string;
  readonly sentinels: readonly RedisProcess[];
  /** Resolves to the port of the primary when all Sentinels name another one than before. */
  hasPromoted(): Promise<number>;
}

/** Resolves when the replicas have the data of the primary. */
export async function startReplicated(count: number): Promise<Replicated> {
  const atOnce = ['--repl-diskless-sync-delay', '0'];
  const primary = await startRedisProcess(() => atOnce);
  const replicas = await Promise.all(
    Array.from({ length: count }, () =>
      startRedisProcess(() => [...atOnce, '--replicaof', '127.0.0.1', String(primary.port)]),
    ),
  );
  await until(async () => {
    for (const replica of replicas)
      expect(await replica.command('INFO', 'replication')).toContain('master_link_status:up');
    // A replica that is connected acknowledges its first write up to a second later.
    const written = await primary.commands([
      ['SET', 'written', '1'],
      ['DEL', 'written'],
      ['WAIT', `${count}`, '1000'],
    ]);
    expect(written.at(-1)).toBe(count);
  });
  return { primary, replicas };
}

export const masterName = 'shop';

/** Three Sentinels, of which two must agree. */
export async function startSentinels(servers: Replicated): Promise<Watched> {
  const { primary } = servers;
  // A busy machine may stop for a second, which must not start a failover of its own.
  const downAfterMs = 2_000;
  const sentinels = await Promise.all([startSentinel(), startSentinel(), startSentinel()]);

  function startSentinel(): Promise<RedisProcess> {
    return startRedisProcess((_port, directory) => {
      const file = join(directory, 'sentinel.conf');
      const lines = [
        `sentinel monitor ${masterName} 127.0.0.1 ${primary.port} 2`,
        `sentinel down-after-milliseconds ${masterName} ${downAfterMs}`,
        `sentinel failover-timeout ${masterName} 5000`,
      ];
      writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
      return [file, '--sentinel'];
    }, '+monitor');
  }

  /** Resolves when each has found the others and the replicas. */
  await until(async () => {
    for (const sentinel of sentinels) {
      expect(await sentinel.command('SENTINEL', 'SENTINELS', masterName)).toHaveLength(2);
      expect(await sentinel.command('SENTINEL', 'REPLICAS', masterName)).toHaveLength(
        servers.replicas.length,
      );
    }
  });
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const namedBy = async (sentinel: RedisProcess): Promise<number> => {
    const reply = await sentinel.command('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName);
    return Number((reply as readonly string[])[1]);
  };
  return {
    ...servers,
    sentinels,
    url: `redis-sentinel://${hosts}?master_name=${masterName}`,
    hasPromoted: () =>
      vi.waitFor(
        async () => {
          const [named, ...others] = await Promise.all(sentinels.map(namedBy));
          expect(named).not.toBe(primary.port);
          for (const other of others) expect(other).toBe(named);
          return named ?? 0;
          // A second attempt begins after twice the time limit of the first.
        },
        { timeout: 30_000, interval: 50 },
      ),
  };
}
