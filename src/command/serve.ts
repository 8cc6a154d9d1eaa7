/** Starts the gateway with the configuration of the environment, and stops it gracefully. */

import { readConfig, warningsOf } from '../config.ts';
import { createGateway, RedisRefused } from '../gateway.ts';
import { readPackageVersion } from '../package-version.ts';
import { createLog, describeError, type Log } from '../telemetry/log.ts';
import { stopOnSignals } from './stop-on-signals.ts';

/** Resolves when the gateway accepts requests; exits if it cannot. */
export async function serve(): Promise<void> {
  const { config, faults } = readConfig(process.env);
  if (faults) {
    for (const fault of faults) console.error(fault);
    process.exit(1);
  }

  const log = createLog({ level: config.LOG_LEVEL });
  if (!process.stdout.isTTY) {
    log.logInfo('The gateway starts.', {
      'service.version': readPackageVersion(),
      'deployment.environment.name': config.NODE_ENV,
      'process.runtime.version': process.versions.node,
      'process.pid': process.pid,
    });
  }
  logWarnings(log, warningsOf(process.env));

  const gateway = await createGateway(config, { log }).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof RedisRefused) console.error(error.message);
    else if (error.syscall !== 'listen') throw error;
    else console.error(explainListenError(error, 'METRICS_PORT', config.METRICS_PORT, config.HOST));
    process.exit(1);
  });
  const port = await gateway.listen(config.PORT, config.HOST).catch((error: NodeJS.ErrnoException) => {
    console.error(explainListenError(error, 'PORT', config.PORT, config.HOST));
    process.exit(1);
  });
  stopOnSignals(gateway, log, config);

  const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
  const origin = `http://${host}:${port}`;
  if (process.stdout.isTTY) console.log(gateway.welcome(origin));
  else gateway.logStart(origin);
}

/**
 * Puts warnings and crashes of the process into the log. Off a terminal, Node.js no longer prints its warnings itself: they would be
 * lines that are not JSON.
 */
function logWarnings(log: Log, warnings: readonly string[]): void {
  for (const warning of warnings) log.logWarning(warning);
  if (!process.stdout.isTTY) {
    process.removeAllListeners('warning');
    process.on('warning', (warning) => {
      const { type, message, stack } = describeError(warning);
      log.logWarning(`${type}: ${message}`, { 'code.stacktrace': stack });
    });
  }
  process.on('uncaughtExceptionMonitor', (error) => {
    log.logError('The process exits because of an unexpected error.', error);
  });
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
