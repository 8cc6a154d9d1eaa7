/** Starts a Redis Cluster whose slots can be moved. */

import { expect } from 'vitest';
import { until } from '../until.ts';
import { type RedisProcess, startRedisProcess } from './start-redis.ts';

export interface TestCluster {
  /** For `REDIS_URL`. */
  readonly url: string;
  /** Each has a third of the slots. */
  readonly masters: readonly [RedisProcess, RedisProcess, RedisProcess];
  /** One of each master, in the same order. */
  readonly replicas: readonly [RedisProcess, RedisProcess, RedisProcess];
  /** Moves the first slots from the first master to the second. `pause` runs before and after their keys are moved. */
  moveSlots(pause: () => Promise<unknown>): Promise<void>;
}

const slots = 16_384;

/** The slots up to this one are moved: each is written to the disk several times. */
export const movedSlots = 100;

const slotsOf = (master: number) => {
  const [from, end] = [master, master + 1].map((index) => Math.round((slots * index) / 3)) as [
    number,
    number,
  ];
  return Array.from({ length: end - from }, (_, index) => String(from + index));
};

const keysIn = async (node: RedisProcess, slot: string) =>
  (await node.command('CLUSTER', 'GETKEYSINSLOT', slot, '1000')) as readonly string[];

const startNode = (): Promise<RedisProcess> =>
  startRedisProcess(() => [
    ...['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', '--repl-diskless-sync-delay', '0'],
    // A master that has lost its slots stays one.
    ...['--cluster-require-full-coverage', 'no', '--cluster-allow-replica-migration', 'no'],
  ]);

const startThree = () => Promise.all([startNode(), startNode(), startNode()]);

/** Stops at the end of the test. */
export async function startCluster(): Promise<TestCluster> {
  const [masters, replicas] = await Promise.all([startThree(), startThree()]);
  const [first, second] = masters;
  const nodes = [...masters, ...replicas];
  const idOf = async (node: RedisProcess) => String(await node.command('CLUSTER', 'MYID'));
  const ids = await Promise.all(masters.map(idOf));
  for (const [index, master] of masters.entries()) {
    await master.command('CLUSTER', 'SET-CONFIG-EPOCH', `${index + 1}`);
    await master.command('CLUSTER', 'ADDSLOTS', ...slotsOf(index));
  }
  for (const node of nodes) await first.command('CLUSTER', 'MEET', '127.0.0.1', `${node.port}`);
  for (const [index, replica] of replicas.entries())
    await until(() => replica.command('CLUSTER', 'REPLICATE', ids[index] ?? ''));
  await until(async () => {
    for (const node of nodes) {
      const info = await node.command('CLUSTER', 'INFO');
      for (const line of ['cluster_state:ok', 'cluster_known_nodes:6']) expect(info).toContain(line);
      for (const id of ids) expect(await node.command('CLUSTER', 'NODES')).toContain(`slave ${id}`);
    }
    for (const replica of replicas)
      expect(await replica.command('INFO', 'replication')).toContain('master_link_status:up');
  });
  return {
    url: `redis-cluster://${[masters[2], replicas[0]].map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    masters,
    replicas,
    async moveSlots(pause) {
      const [source = '', target = ''] = ids;
      const moved = slotsOf(0).slice(0, movedSlots);
      const setAll = (node: RedisProcess, ...words: string[]) =>
        node.commands(moved.map((slot) => ['CLUSTER', 'SETSLOT', slot, ...words]));
      await setAll(second, 'IMPORTING', source);
      await setAll(first, 'MIGRATING', target);
      await pause();
      for (const slot of moved)
        for (const key of await keysIn(first, slot))
          await first.command('MIGRATE', '127.0.0.1', `${second.port}`, key, '0', '5000');
      await pause();
      for (const node of [second, first]) await setAll(node, 'NODE', target);
    },
  };
}
