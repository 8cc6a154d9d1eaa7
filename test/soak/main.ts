/**
 * The soak test, `npm run soak`: load, faults and restarts for a minute (`SOAK_SECONDS`), then a count of forbidden outcomes. Needs
 * `redis-server`.
 */

import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { startFaultyDashly } from './faulty-dashly.ts';
import { GatewayProcess } from './gateway-process.ts';
import { type SentReply, sendPersistently } from './persistent-client.ts';

const seconds = Number(process.env['SOAK_SECONDS'] ?? 60);
const clients = 40;

const redisPort = await freePort();
const redis = spawn('redis-server', ['--port', String(redisPort), '--save', '', '--bind', '127.0.0.1'], {
  stdio: 'ignore',
});
await once(redis, 'spawn').catch(() => {
  console.error('The soak test needs redis-server, which is not installed.');
  process.exit(1);
});
const dashly = await startFaultyDashly();
const environment = {
  DASHLY_API_URL: dashly.url,
  DASHLY_TIMEOUT_MS: '1000',
  RECOVERY_TIMEOUT_MS: '2500',
  REDIS_URL: `redis://127.0.0.1:${redisPort}`,
  SHUTDOWN_DELAY_MS: '500',
};
const ports = [await freePort(), await freePort(), await freePort()];
const gateways = ports.map((port) => new GatewayProcess(port, environment));
const [steady, restarted, crashing] = gateways;
if (!steady || !restarted || !crashing) throw new Error('The soak test needs three gateways.');
await Promise.all(gateways.map((gateway) => gateway.start()));

const endsAt = performance.now() + seconds * 1000;
const isRunning = (): boolean => performance.now() < endsAt;
const replies: SentReply[] = [];
const exitCodes: (number | null)[] = [];
let crashes = 0;

async function load(): Promise<void> {
  while (isRunning()) {
    const file = Math.random() < 0.1 ? randomBytes(1 + Math.floor(Math.random() * 200_000)) : null;
    replies.push(
      await sendPersistently(randomUUID(), { hasKey: Math.random() < 0.7, file, isPatient: false }, gateways),
    );
  }
}

async function balance(): Promise<void> {
  while (isRunning()) {
    await Promise.all(gateways.map((gateway) => gateway.probe()));
    await delay(100);
  }
}

async function restart(gateway: GatewayProcess): Promise<void> {
  while (isRunning()) {
    await delay(1_000 + Math.random() * 2_000);
    exitCodes.push(await gateway.stop('SIGTERM'));
    await gateway.start();
  }
}

async function crash(gateway: GatewayProcess): Promise<void> {
  while (isRunning()) {
    await delay(1_000 + Math.random() * 4_000);
    await gateway.stop('SIGKILL');
    crashes++;
    await gateway.start();
  }
}

const measured = delay(Math.min(5_000, (seconds * 1000) / 3)).then(() => steady.memory());
await Promise.all([...Array.from({ length: clients }, load), balance(), restart(restarted), crash(crashing)]);
dashly.heal();
const memoryAtEnd = steady.memory();
await Promise.all(gateways.map((gateway) => gateway.stop('SIGTERM')));
// Requests in flight at a gateway that was killed.
await delay(1_500);

const count = (predicate: (reply: SentReply) => boolean): number => replies.filter(predicate).length;
const timesCreated = ({ id }: SentReply): number => dashly.created.get(id) ?? 0;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const faults = {
  duplicates: count((reply) => timesCreated(reply) > 1),
  lost: count((reply) => reply.reported === 'sent' && timesCreated(reply) === 0),
  'false claims': count(
    (reply) =>
      (reply.reported === 'NOT_DELIVERED' && timesCreated(reply) > 0) ||
      (reply.reported === 'DELIVERED' && timesCreated(reply) === 0),
  ),
  'gateways that did not stop with 0': exitCodes.filter((code) => code !== 0).length,
};
const figures = {
  seconds,
  replies: replies.length,
  requests: sum(replies.map(({ requests }) => requests)),
  'answered by a replay': sum(replies.map(({ replays }) => replays)),
  'reported: sent': count(({ reported }) => reported === 'sent'),
  'reported: sent, recovered by a look-up': count(({ isRecovered }) => isRecovered),
  'reported: delivered': count(({ reported }) => reported === 'DELIVERED'),
  'reported: not delivered': count(({ reported }) => reported === 'NOT_DELIVERED'),
  'reported: unknown': count(({ reported }) => reported === 'UNKNOWN'),
  'of these, with a key': count(({ reported, hasKey }) => reported === 'UNKNOWN' && hasKey),
  'of these, created': count((reply) => reply.reported === 'UNKNOWN' && timesCreated(reply) > 0),
  'reads of parts': dashly.reads(),
  'without a response': count(({ reported }) => reported === 'nothing'),
  'restarts by SIGTERM': exitCodes.length,
  'crashes by SIGKILL': crashes,
  'memory of the steady gateway at the start, MB': await measured,
  'memory of the steady gateway at the end, MB': memoryAtEnd,
  ...faults,
};
for (const [name, figure] of Object.entries(figures)) console.log(`${name.padEnd(48)} ${figure}`);
dashly.close();
redis.kill();
process.exit(sum(Object.values(faults)) === 0 && replies.length > 0 ? 0 : 1);
