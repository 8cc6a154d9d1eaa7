/** The connection to a Redis that several gateways share: time limits, failover, and scripts that must survive it. */

import { hash } from 'node:crypto';
import { ErrorReply } from '@redis/client';
import { type HostAndPort, parseRedisUrl } from '../../redis-url.ts';
import { connectClusterNodes, type NodeEvents } from './cluster-nodes.ts';
import { inspectServer } from './inspect-server.ts';
import { Outage, type OutagePart } from './outage.ts';
import { keepConnected, type RedisConnection } from './redis-connection.ts';
import { RedisRefused } from './redis-refused.ts';
import { onlyServer, type RedisServers } from './redis-servers.ts';
import { NotReplicated, Replication } from './replication.ts';
import { type Ran, RedisUnreachable, runScript } from './run-script.ts';
import { connectPrimary, inspectSentinel } from './sentinels.ts';
import { NoResponse, responseTimeoutMs, within } from './within.ts';

export interface Redis {
  /**
   * Resolves when the first connection is established, or after a second without one. Rejects with `RedisRefused` if Redis rejects what the
   * URL asks for.
   */
  readonly connected: Promise<void>;
  /** Whether there is an open connection for each key. */
  readonly isReady: boolean;
  /**
   * Runs a Lua script on one key atomically. Rejects with `RedisUnreachable` if it is proven not to have run, and with any other error if there was no
   * response within a second: then it may have run. If `mustSurvive` is true for its value, this also rejects if fewer replicas than
   * required have what it wrote.
   */
  evaluate(
    script: string,
    key: string,
    args: readonly string[],
    mustSurvive?: (value: unknown) => boolean,
  ): Promise<unknown>;
  close(): Promise<void>;
}

export interface RedisOptions {
  /** Called once at the end of each outage. */
  readonly onRecovery?: () => void;
  /** Precedes all keys. */
  readonly keyPrefix?: string;
  /** How many replicas must have what must survive a failover. */
  readonly minReplicas?: number;
  /** Called once if Redis may evict keys. */
  readonly onEviction?: (policy: string) => void;
}

/** After a timeout no script is run for that long, so that not every caller waits for the next timeout. */
const pauseMs = 1_000;

/** After that time without a response, a new connection may reach a server that works. */
const silenceMs = 4_000;

/**
 * Replies of a server that is not the primary, or not ready: after a failover behind one address, a new connection reaches another server.
 * Nothing was written. Redis 6 puts a text before the code of an error in a script.
 */
const wrongServer = /(?:^|: -)(?:READONLY|LOADING|MASTERDOWN|NOREPLICAS|CLUSTERDOWN) /;

/** Replies that every attempt would get: a wrong password or database, missing permissions, or a server too old for the client. */
const refusal = /^(?:WRONGPASS|NOAUTH|DENIED|NOPERM) |^ERR .*(?:\bDB\b|database|SELECT|password|AUTH|HELLO)/;

/** Connects in the background, and again whenever the connection is lost. Calls `onError` once for each outage. */
export function connectRedis(
  url: string,
  onError: (error: Error) => void,
  { keyPrefix = '', minReplicas = 0, onRecovery = () => {}, onEviction = () => {} }: RedisOptions = {},
): Redis {
  const address = parseRedisUrl(url);
  const replication = new Replication(minReplicas);
  const outage = new Outage(onError, onRecovery);
  const replicationOutage = outage.addPart();
  const started = Promise.withResolvers<void>();
  let isStarting = true;
  let mayEvict = false;

  function warnOfEviction(policy: string): void {
    if (!mayEvict) onEviction(policy);
    mayEvict = true;
  }

  /** At the start, a refusal rejects instead of being reported. Later it is reported without the password that the reply may repeat. */
  const unlessRefused = ({ begin, end }: OutagePart): OutagePart => ({
    end,
    begin(error) {
      const refused = refusalOf(error);
      if (refused && isStarting) started.reject(refused);
      else begin(refused ?? error);
    },
  });

  function connect(findAddress: () => Promise<HostAndPort>, events: NodeEvents): RedisConnection {
    const { kind, isEncrypted, username, password, database } = address;
    const exampleKey = `${keyPrefix}example`;
    return keepConnected(findAddress, {
      ...{ isEncrypted, username, password, database },
      inspect: (client) => inspectServer(client, { kind, exampleKey, onEviction: warnOfEviction }),
      outage: unlessRefused(outage.addPart()),
      ...events,
    });
  }

  function connectSentinel(sentinel: HostAndPort): RedisConnection {
    return keepConnected(async () => sentinel, {
      ...{ isEncrypted: address.isEncrypted, ...address.sentinelCredentials, database: 0 },
      inspect: inspectSentinel,
      // Replies are refused only if all of them fail, which the connection to the primary reports.
      outage: unlessRefused({ begin() {}, end() {} }),
      onOpen: () => {},
      onLost: () => {},
    });
  }

  function connectServers(): RedisServers {
    const onChange = () => {
      if (servers.isReady) started.resolve();
    };
    const events = { onOpen: onChange, onLost: () => {} };
    switch (address.kind) {
      case 'server':
        return onlyServer(connect(async () => address.hosts[0], events));
      case 'sentinel':
        return connectPrimary({
          masterName: address.masterName,
          sentinels: address.hosts.map(connectSentinel),
          connect: (findPrimary) => connect(findPrimary, events),
        });
      case 'cluster':
        return connectClusterNodes({
          seeds: address.hosts,
          connect: (node, nodeEvents) => connect(async () => node, nodeEvents),
          onChange,
        });
    }
  }

  const servers = connectServers();

  /** Pauses, or opens a new connection, if the error asks for it. At most once per `pauseMs`, since no script runs in between. */
  function handle(error: unknown, connection: RedisConnection): void {
    const isWrong = isFromWrongServer(error);
    const isSilent = error instanceof NoResponse;
    if (!isWrong && !isSilent) return;
    const now = performance.now();
    connection.pausedUntil = now + pauseMs;
    connection.isWrongServer = isWrong;
    if (isSilent) connection.silentSince ??= now - responseTimeoutMs;
    if (isWrong || now - (connection.silentSince ?? now) > silenceMs) connection.reopen();
    if (isWrong) throw new RedisUnreachable();
  }

  async function run(command: readonly string[], key: string): Promise<Ran> {
    const connection = servers.connectionFor(key);
    const client = connection?.client;
    if (!client || performance.now() < connection.pausedUntil) throw new RedisUnreachable();
    try {
      const ran = runScript(servers, client, key, command);
      const result = await within(ran);
      connection.outage.end();
      connection.isWrongServer = false;
      connection.silentSince = null;
      return result;
    } catch (error) {
      // Also if Redis responds with an error: its memory may be full.
      connection.outage.begin(error);
      handle(error, connection);
      throw error;
    }
  }

  async function confirm({ client }: Ran): Promise<void> {
    try {
      await within(replication.confirm(client));
      replicationOutage.end();
    } catch (error) {
      // Any other error is one of the connection.
      if (error instanceof NotReplicated) replicationOutage.begin(error);
      throw error;
    }
  }

  return {
    connected: within(started.promise)
      .catch((error: unknown) => {
        if (!(error instanceof NoResponse)) throw error;
      })
      .finally(() => {
        isStarting = false;
      }),
    get isReady() {
      return servers.isReady;
    },
    async evaluate(script, name, args, mustSurvive) {
      const key = `${keyPrefix}${name}`;
      const ran = await run(['EVAL', script, '1', key, ...args], key);
      if (minReplicas > 0 && mustSurvive?.(ran.value)) await confirm(ran);
      return ran.value;
    },
    close: () => servers.close(),
  };
}

function isFromWrongServer(error: unknown): boolean {
  return error instanceof ErrorReply && wrongServer.test(error.message);
}

function refusalOf(error: unknown): RedisRefused | null {
  if (error instanceof RedisRefused) return error;
  return error instanceof ErrorReply && refusal.test(error.message)
    ? RedisRefused.byReply(error.message)
    : null;
}

/** A key for these names, which may be long or secret. */
export function redisKey(purpose: string, ...names: readonly string[]): string {
  return `${purpose}:${hash('sha256', JSON.stringify(names), 'base64url')}`;
}
