/** The connection to the primary that Sentinels name. */

import { setTimeout as delay } from 'node:timers/promises';
import { ErrorReply } from '@redis/client';
import { addressOf, type HostAndPort } from '../../redis-url.ts';
import { type RedisClient, type RedisConnection, replyOf } from './redis-connection.ts';
import { RedisRefused } from './redis-refused.ts';
import { onlyServer, type RedisServers } from './redis-servers.ts';
import { responseTimeoutMs } from './within.ts';

export interface PrimaryOptions {
  readonly masterName: string;
  readonly sentinels: readonly RedisConnection[];
  readonly connect: (findPrimary: () => Promise<HostAndPort>) => RedisConnection;
}

/** A primary that was replaced accepts writes until a Sentinel demotes it, up to ten seconds later, and loses them then. */
const watchIntervalMs = 500;

/**
 * Not `createSentinel` of the library: it repeats a command whose response was lost, so a claim to a key may be made after it was reported
 * as failed. It also waits for a primary without a limit.
 */
export function connectPrimary({ masterName, sentinels, connect }: PrimaryOptions): RedisServers {
  let current = '';

  /** The one that most Sentinels name: some are informed of a failover later. Null if none answers. */
  async function ask(): Promise<HostAndPort | null> {
    const answers = await Promise.all(sentinels.map(({ client }) => client && nameOf(client, masterName)));
    const named = answers.filter((answer) => answer !== null);
    if (named.length === 0) return null;
    const votes = Map.groupBy(named, (answer) => answer.join(':'));
    const [most = []] = [...votes.values()].sort((a, b) => b.length - a.length);
    const [host = '', port = ''] = most[0] ?? [];
    if (host === '')
      throw new RedisRefused(`the Sentinels have no primary with the name ${JSON.stringify(masterName)}.`);
    return { host, port: Number(port) };
  }

  async function findPrimary(): Promise<HostAndPort> {
    const endsAt = performance.now() + responseTimeoutMs;
    while (!sentinels.some(({ client }) => client) && performance.now() < endsAt) await delay(20);
    const found = await ask();
    if (!found) throw new Error('No Sentinel of REDIS_URL answers.');
    current = addressOf(found);
    return found;
  }

  const primary = connect(findPrimary);
  const watch = setInterval(() => {
    if (!primary.client) return;
    ask().then(
      (found) => {
        if (!found || !primary.client || addressOf(found) === current) return;
        primary.outage.begin(new Error(`The Sentinels name another primary: ${addressOf(found)}.`));
        primary.reopen();
      },
      () => {},
    );
  }, watchIntervalMs).unref();

  return onlyServer(primary, async () => {
    clearInterval(watch);
    await Promise.all([primary, ...sentinels].map((connection) => connection.close()));
  });
}

/** Rejects with `RedisRefused` if the server is not a Sentinel. */
export async function inspectSentinel(client: RedisClient): Promise<void> {
  try {
    await client.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'example']);
  } catch (error) {
    if (error instanceof ErrorReply && error.message.startsWith('ERR unknown command'))
      throw new RedisRefused('the server is not a Sentinel; use redis://host:6379.');
    throw error;
  }
}

/** Empty if the name is unknown to this Sentinel; null if it does not answer. */
async function nameOf(client: RedisClient, masterName: string): Promise<readonly string[] | null> {
  try {
    const reply = await replyOf(client, ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName]);
    return (reply ?? []) as readonly string[];
  } catch {
    return null;
  }
}
