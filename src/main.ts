#!/usr/bin/env node
/** The command: reads the configuration, starts the gateway, says where it is, and stops it gently. */

import { setTimeout as delay } from 'node:timers/promises';
import { type Config, readConfig, warningsOf } from './config.ts';
import { createGateway, RedisRefused } from './gateway.ts';

/** One Ctrl-C comes twice under npm: from the terminal, and from npm, which hands it on. In milliseconds. */
const doubledMs = 500;

const { config, faults } = readConfig(process.env);
if (faults) {
  for (const fault of faults) console.error(fault);
  process.exit(1);
}

for (const warning of warningsOf(process.env)) console.error(warning);

const gateway = await createGateway(config).catch((error: NodeJS.ErrnoException) => {
  if (error instanceof RedisRefused) console.error(error.message);
  else if (error.syscall !== 'listen') throw error;
  else console.error(explainListenError(error, 'METRICS_PORT', config.METRICS_PORT, config.HOST));
  process.exit(1);
});
const port = await gateway.listen(config.PORT, config.HOST).catch((error: NodeJS.ErrnoException) => {
  console.error(explainListenError(error, 'PORT', config.PORT, config.HOST));
  process.exit(1);
});

let isStopping = false;
let interruptedAt: number | null = null;
const stop = () => void stopGently(config);
process.on('SIGTERM', stop);
process.on('SIGINT', () => {
  const now = performance.now();
  interruptedAt ??= now;
  // A second Ctrl-C is somebody who does not want to wait. On exit temporary files are removed all the same.
  if (now - interruptedAt > doubledMs) process.exit(130);
  if (process.stdout.isTTY && !isStopping)
    console.log('Stopping when all is answered; Ctrl-C again ends at once.');
  stop();
});
// Under npx the parent is a shell, which dies of a SIGTERM without handing it on.
if (process.env['npm_command'] === 'exec') {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stop(), 250).unref();
}

const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
const origin = `http://${host}:${port}`;
if (process.stdout.isTTY) console.log(gateway.welcome(origin));
else gateway.logStart(origin);

async function stopGently({
  SHUTDOWN_DELAY_MS: delayMs,
  SHUTDOWN_TIMEOUT_MS: timeoutMs,
}: Config): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  setTimeout(() => process.exit(0), timeoutMs).unref();
  gateway.drain();
  // Time for a load balancer to see that this gateway is not ready any more.
  if (delayMs > 0) await delay(delayMs);
  await gateway.stop();
  process.exit(0);
}

function explainListenError(
  { code }: NodeJS.ErrnoException,
  name: 'PORT' | 'METRICS_PORT',
  askedPort: number | null,
  askedHost: string,
): string {
  switch (code) {
    case 'EADDRINUSE':
      return `${name} ${askedPort} is in use by another program: end that one, or set ${name} to another, or to 0 for any that is free.`;
    case 'EACCES':
      return `${name} ${askedPort} may not be listened on by this user: set ${name} to one from 1024 on.`;
    default:
      return `HOST ${askedHost} is not an address of this machine (${code}).`;
  }
}
