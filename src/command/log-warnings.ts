/** Puts warnings and crashes of the process into the log. */

import { describeError, type Log } from '../telemetry/log.ts';

/** Off a terminal, Node.js no longer prints its warnings itself: they would be lines that are not JSON. */
export function logWarnings(log: Log, warnings: readonly string[]): void {
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
