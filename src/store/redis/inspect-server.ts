/** Checks that a server of Redis can be used, before the first script. */

import { ErrorReply } from '@redis/client';
import type { RedisAddress } from '../../redis-url.ts';
import type { RedisClient } from './redis-connection.ts';
import { RedisRefused } from './redis-refused.ts';

export interface InspectOptions {
  readonly kind: RedisAddress['kind'];
  /** Any key that the gateway might use. */
  readonly exampleKey: string;
  readonly onEviction: (policy: string) => void;
}

/** The server may become usable: a replica that is promoted, or a server that still loads its data. */
class NotUsableYet extends Error {}

/** Rejects with `RedisRefused`, `NotUsableYet` or the reply of Redis. */
export async function inspectServer(
  client: RedisClient,
  { kind, exampleKey, onEviction }: InspectOptions,
): Promise<void> {
  const info = await readInfo(client);
  const mode = info.get('redis_mode');
  if (mode) checkMode(mode, kind);
  if (info.get('loading') === '1') throw new NotUsableYet('Redis is loading its data.');
  // A replica in a cluster names the masters.
  if (info.get('role') === 'slave' && kind !== 'cluster')
    throw new NotUsableYet('The server is a replica, not the primary.');
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction' && info.get('maxmemory') !== '0') onEviction(policy);
  try {
    await client.sendCommand(['EVAL', 'return 1', '1', exampleKey]);
  } catch (error) {
    // Another problem, such as a key of another node, is found by the first script.
    if (error instanceof ErrorReply && error.message.startsWith('NOPERM ')) throw error;
  }
}

/** Empty if the user may not read it. */
async function readInfo(client: RedisClient): Promise<ReadonlyMap<string, string>> {
  let text: string;
  try {
    text = String(await client.sendCommand(['INFO']));
  } catch (error) {
    if (error instanceof ErrorReply) return new Map();
    throw error;
  }
  return new Map(
    Array.from(text.matchAll(/^(\w+):(.*?)\r?$/gm), ([, name = '', value = '']) => [name, value]),
  );
}

function checkMode(mode: string, kind: RedisAddress['kind']): void {
  if (mode === 'cluster' && kind !== 'cluster')
    throw new RedisRefused(
      'the server is a node of a Redis Cluster; use redis-cluster://host1:6379,host2:6379.',
    );
  if (mode === 'sentinel')
    throw new RedisRefused(
      'the server is a Sentinel; use redis-sentinel://host1:26379,host2:26379?master_name=mymaster.',
    );
  if (mode === 'standalone' && kind === 'cluster')
    throw new RedisRefused('the server is not in a Redis Cluster; use redis://host:6379.');
}
