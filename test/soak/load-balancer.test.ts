/** Two gateways are restarted one after the other behind a real load balancer under load, and every reply is sent once. */

import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { startFaultyDashly } from './faulty-dashly.ts';
import { GatewayProcess, rollingRestart } from './gateway-process.ts';
import { isLoadBalancerMissing, startLoadBalancer, useOfBoth } from './load-balancer.ts';
import { type SentReply, sendPersistently } from './persistent-client.ts';

test.skipIf(isLoadBalancerMissing).each(['haproxy', 'nginx'] as const)(
  'behind %s a rolling restart under load neither loses nor repeats a reply (needs haproxy and nginx)',
  async (name) => {
    const dashly = await startFaultyDashly();
    onTestFinished(() => dashly.close());
    dashly.heal();
    const environment = { DASHLY_API_URL: dashly.url, ...rollingRestart };
    const ports = [await freePort(), await freePort()];
    const gateways = ports.map((port) => new GatewayProcess(port, environment));
    onTestFinished(async () => {
      for (const gateway of gateways) await gateway.stop('SIGKILL');
    });
    await Promise.all(gateways.map((gateway) => gateway.start()));
    const origin = await startLoadBalancer(name, ports);
    const target = { url: `${origin}/graphql`, isReady: true };

    let isRestarting = true;
    const replies: SentReply[] = [];
    async function load(client: number): Promise<void> {
      for (let number = 0; isRestarting; number++) {
        const file = number % 10 === 0 ? Buffer.alloc(100_000) : null;
        // Without a key a client cannot retry, so every request must get a response.
        const options = { hasKey: false, file, isPatient: true };
        replies.push(await sendPersistently(`${client}-${number}`, options, [target]));
      }
    }
    async function restartAll(): Promise<void> {
      for (const gateway of gateways) {
        await delay(500);
        expect(await gateway.stop('SIGTERM')).toBe(0);
        await gateway.start();
        // The load balancer must use this gateway again before it loses the other one.
        await useOfBoth(origin);
      }
      isRestarting = false;
    }
    await Promise.all([...Array.from({ length: 10 }, (_, client) => load(client)), restartAll()]);

    expect(replies.length).toBeGreaterThan(100);
    expect(replies.filter(({ failures }) => failures.length > 0)).toEqual([]);
    expect([...dashly.created.values()].filter((times) => times !== 1)).toEqual([]);
    expect(dashly.created.size).toBe(replies.length);
  },
  120_000,
);
