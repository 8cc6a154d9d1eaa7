/** Stops the gateway at SIGTERM or SIGINT. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config.ts';
import type { Gateway } from '../gateway.ts';
import type { Log } from '../telemetry/log.ts';

/** In milliseconds. npm forwards a terminal's Ctrl-C, so the gateway gets SIGINT twice. */
const duplicateSignalMs = 500;

/** Time to answer, log and record the replies that are aborted, in milliseconds. */
const abortMs = 1_000;

export function stopOnSignals(gateway: Gateway, log: Log, config: Config): void {
  const { SHUTDOWN_DELAY_MS: delayMs, SHUTDOWN_TIMEOUT_MS: timeoutMs } = config;
  let isStopping = false;
  let interruptedAt: number | null = null;

  function stop(reason: string): void {
    if (isStopping) return;
    isStopping = true;
    log.logInfo(`${reason}: the gateway is stopping, and /ready answers 503.`, { delayMs, timeoutMs });
    void stopGracefully(gateway, log, { delayMs, timeoutMs });
  }

  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => {
    const now = performance.now();
    interruptedAt ??= now;
    // The second Ctrl-C stops immediately. Temporary files are removed on exit.
    if (now - interruptedAt > duplicateSignalMs) {
      log.logWarning('Second SIGINT: the process exits; requests in flight are lost.', {
        inFlight: gateway.inFlight(),
      });
      process.exit(130);
    }
    if (process.stdout.isTTY && !isStopping)
      console.log('Stopping when all requests are answered; press Ctrl-C again to stop immediately.');
    stop('SIGINT');
  });
  // npx starts the gateway with `sh -c`. A SIGTERM to npx ends only that shell (unless it is bash); the gateway gets another parent process.
  // So the parent is polled: no signal reports the change, and the shell's command, which npx writes, cannot start with `exec`.
  if (process.env['npm_command'] === 'exec') {
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && stop('npx has ended'), 250).unref();
  }
}

interface StopLimits {
  readonly delayMs: number;
  readonly timeoutMs: number;
}

async function stopGracefully(gateway: Gateway, log: Log, { delayMs, timeoutMs }: StopLimits): Promise<void> {
  const beganAt = performance.now();
  let exitCode = 0;
  setTimeout(() => {
    exitCode = 1;
    log.logWarning('SHUTDOWN_TIMEOUT_MS has passed: requests in flight are aborted.', {
      inFlight: gateway.inFlight(),
    });
    gateway.abort();
    setTimeout(() => process.exit(exitCode), abortMs).unref();
  }, timeoutMs).unref();
  gateway.drain();
  // Time for a load balancer to notice that `/ready` fails.
  if (delayMs > 0) await delay(delayMs);
  const inFlight = gateway.inFlight();
  log.logInfo('The gateway accepts no more connections, and completes the requests in flight.', { inFlight });
  await gateway.stop();
  const ms = Math.round(performance.now() - beganAt);
  log.logInfo('The gateway has stopped.', { inFlight, ms, 'process.exit.code': exitCode });
  await log.close();
  process.exit(exitCode);
}
