/** Two gateways are restarted one after the other under load, and every reply is sent once. */

import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { startFaultyDashly } from './faulty-dashly.ts';
import { GatewayProcess, rollingRestart } from './gateway-process.ts';
import { type SentReply, sendPersistently } from './persistent-client.ts';

test('a rolling restart under load neither loses nor repeats a reply', async () => {
  const dashly = await startFaultyDashly();
  dashly.heal();
  const environment = { DASHLY_API_URL: dashly.url, ...rollingRestart };
  const gateways = [
    new GatewayProcess(await freePort(), environment),
    new GatewayProcess(await freePort(), environment),
  ];
  onTestFinished(async () => {
    for (const gateway of gateways) await gateway.stop('SIGKILL');
    dashly.close();
  });
  await Promise.all(gateways.map((gateway) => gateway.start()));

  let isRestarting = true;
  const replies: SentReply[] = [];
  async function load(client: number): Promise<void> {
    for (let number = 0; isRestarting; number++) {
      // Without a key a client cannot retry, so every request must get a response.
      const file = number % 10 === 0 ? Buffer.alloc(100_000) : null;
      const patience = { isPatient: true };
      replies.push(
        await sendPersistently(`${client}-${number}`, { hasKey: false, file, ...patience }, gateways),
      );
    }
  }
  async function balance(): Promise<void> {
    while (isRestarting) {
      await Promise.all(gateways.map((gateway) => gateway.probe()));
      await delay(50);
    }
  }
  async function restartAll(): Promise<void> {
    for (const gateway of gateways) {
      await delay(500);
      expect(await gateway.stop('SIGTERM')).toBe(0);
      await gateway.start();
    }
    await delay(500);
    isRestarting = false;
  }
  await Promise.all([...Array.from({ length: 10 }, (_, client) => load(client)), balance(), restartAll()]);

  expect(replies.length).toBeGreaterThan(100);
  expect(replies.filter(({ failures }) => failures.length > 0)).toEqual([]);
  expect([...dashly.created.values()].filter((times) => times !== 1)).toEqual([]);
  expect(dashly.created.size).toBe(replies.length);
});
