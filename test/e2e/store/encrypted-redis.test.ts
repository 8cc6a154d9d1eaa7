/** Encrypted connections to Redis, with a private certificate authority. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { answerAsAsked, send, sent, storeUnreachable } from '../../support/gateway/keyed-reply.ts';
import { endCommands, startCommand } from '../../support/process/start-command.ts';
import { isOpensslMissing, makeCertificates } from '../../support/proxy/make-certificates.ts';
import { isRedisMissing, startRedisProcess } from '../../support/redis/start-redis.ts';
import { masterName } from '../../support/redis/start-sentinels.ts';
import { until } from '../../support/until.ts';
import { startUpstream } from '../../support/upstream/start-upstream.ts';

afterAll(endCommands);

describe.skipIf(isRedisMissing || isOpensslMissing)(
  'an encrypted Redis (needs /usr/bin/redis-server and /usr/bin/openssl)',
  () => {
    /** Listens with TLS on the port that is returned. */
    async function start(more: readonly string[] = []) {
      const { authority, certificate, key } = makeCertificates();
      const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', authority];
      const port = await freePort();
      const tls = [...files, '--tls-port', `${port}`, '--tls-auth-clients', 'no'];
      const server = await startRedisProcess(() => [...tls, ...more]);
      return { authority, port, files, server };
    }

    async function startGatewayFor(environment: Record<string, string>) {
      const upstream = await startUpstream(answerAsAsked);
      const command = await startCommand({ DASHLY_API_URL: upstream.url, ...environment });
      const gateway = {
        origin: command.origin,
        url: `${command.origin}/graphql`,
        errors: [],
        sandbox: null,
        drain() {},
      };
      return { gateway, command };
    }

    test('is trusted if NODE_EXTRA_CA_CERTS names its authority', async () => {
      const { authority, port } = await start();
      const { gateway } = await startGatewayFor({
        REDIS_URL: `rediss://127.0.0.1:${port}`,
        NODE_EXTRA_CA_CERTS: authority,
      });
      expect(await send(gateway)).toMatchObject(sent);
    });

    test('is not trusted otherwise', async () => {
      const { port } = await start();
      const { gateway, command } = await startGatewayFor({ REDIS_URL: `rediss://127.0.0.1:${port}` });
      expect(await send(gateway)).toEqual(storeUnreachable);
      await until(() => expect(command.output.out).toMatch(/unable to verify|self-signed certificate/));
    });

    test('may be a Redis Cluster', async () => {
      // The default port of the cluster bus may be in use.
      const busPort = ['--cluster-port', `${await freePort()}`];
      const cluster = ['--cluster-enabled', 'yes', '--tls-cluster', 'yes'];
      const { authority, port, server } = await start([...cluster, ...busPort]);
      await server.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
      await until(async () => expect(await server.command('CLUSTER', 'INFO')).toContain('cluster_state:ok'));
      const { gateway } = await startGatewayFor({
        REDIS_URL: `rediss-cluster://127.0.0.1:${port}`,
        NODE_EXTRA_CA_CERTS: authority,
      });
      expect(await send(gateway)).toMatchObject(sent);
    });

    test('is found by encrypted Sentinels', async () => {
      const { authority, port, files } = await start();
      const sentinelPort = await freePort();
      const tls = files.join(' ').replaceAll('--', '\n');
      await startRedisProcess((_port, directory) => {
        const file = join(directory, 'sentinel.conf');
        const lines = [
          tls,
          `tls-port ${sentinelPort}`,
          'tls-auth-clients no',
          'tls-replication yes',
          `sentinel monitor ${masterName} 127.0.0.1 ${port} 1`,
        ];
        writeFileSync(file, `${lines.join('\n')}\n`);
        return [file, '--sentinel'];
      }, '+monitor');
      const { gateway } = await startGatewayFor({
        REDIS_URL: `rediss-sentinel://127.0.0.1:${sentinelPort}?master_name=${masterName}`,
        NODE_EXTRA_CA_CERTS: authority,
      });
      expect(await send(gateway)).toMatchObject(sent);
    });
  },
);
