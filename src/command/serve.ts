/** Starts the gateway with the configuration of the environment, and stops it gracefully. */

import { setTimeout as delay } from 'node:timers/promises';
import { type Config, readConfig, warningsOf } from '../config.ts';
import { createGateway, type Gateway, RedisRefused } from '../gateway.ts';

/** In milliseconds. npm passes a terminal's Ctrl-C on, so the gateway gets SIGINT twice. */
const duplicateSignalMs = 500;

/** Resolves when the gateway accepts requests; exits if it cannot. */
export async function serve(): Promise<void> {
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
  stopOnSignals(gateway, config);

  const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
  const origin = `http://${host}:${port}`;
  if (process.stdout.isTTY) console.log(gateway.welcome(origin));
  else gateway.logStart(origin);
}

function stopOnSignals(gateway: Gateway, config: Config): void {
  let isStopping = false;
  let interruptedAt: number | null = null;
  const stop = () => {
    if (!isStopping) void stopGracefully(gateway, config);
    isStopping = true;
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', () => {
    const now = performance.now();
    interruptedAt ??= now;
    // The second Ctrl-C stops immediately. Temporary files are removed on exit.
    if (now - interruptedAt > duplicateSignalMs) process.exit(130);
    if (process.stdout.isTTY && !isStopping)
      console.log('Stopping when all requests are answered; press Ctrl-C again to stop immediately.');
    stop();
  });
  // npx starts the gateway by `sh -c`. A SIGTERM to npx ends that shell (unless it is bash) and never reaches the gateway, so neither
  // a signal handler nor `exec` can help: only the parent process changes.
  if (process.env['npm_command'] === 'exec') {
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && stop(), 250).unref();
  }
}

async function stopGracefully(
  gateway: Gateway,
  { SHUTDOWN_DELAY_MS: delayMs, SHUTDOWN_TIMEOUT_MS: timeoutMs }: Config,
): Promise<void> {
  setTimeout(() => process.exit(0), timeoutMs).unref();
  gateway.drain();
  // Time for a load balancer to notice that `/ready` fails.
  if (delayMs > 0) await delay(delayMs);
  await gateway.stop();
  process.exit(0);
}

function explainListenError(
  { code }: NodeJS.ErrnoException,
  name: 'PORT' | 'METRICS_PORT',
  wantedPort: number | null,
  wantedHost: string,
): string {
  switch (code) {
    case 'EADDRINUSE':
      return `${name} ${wantedPort} is in use: stop the other program, or set ${name} to another port, or to 0 for any free port.`;
    case 'EACCES':
      return `${name} ${wantedPort} requires more permissions: set ${name} to a port from 1024.`;
    default:
      return `HOST ${wantedHost} is not an address of this machine (${code}).`;
  }
}
