/** Starts a complete gateway on its own port, as `npm start` would with these environment variables. */

import { onTestFinished } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { createGateway, type Gateway } from '../../../src/gateway.ts';
import type { Sandbox } from '../../../src/sandbox/start-sandbox.ts';

export interface TestGateway {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** The GraphQL endpoint. */
  readonly url: string;
  /** The logged unexpected errors. */
  readonly errors: readonly unknown[];
  /** Set if no `DASHLY_API_URL` is given. */
  readonly sandbox: Sandbox | null;
  readonly drain: () => void;
}

export interface LoggedGateway extends TestGateway {
  /** The lines of the log. */
  readonly lines: () => readonly Readonly<Record<string, unknown>>[];
  readonly inFlight: Gateway['inFlight'];
}

/** Stops at the end of the test. Looks up no replies by default, so that an upstream receives replies only. */
export async function startGateway(environment: Record<string, string> = {}): Promise<LoggedGateway> {
  const { config, faults } = readConfig({ RECOVERY_TIMEOUT_MS: '0', ...environment });
  if (faults) throw new Error(faults.join('\n'));
  const errors: unknown[] = [];
  const lines: string[] = [];
  const gateway = await createGateway(config, {
    logStream: { write: (line) => void lines.push(line) },
    logError: (_message, error) => void errors.push(error),
  });
  const origin = `http://127.0.0.1:${await gateway.listen(0, '127.0.0.1')}`;
  onTestFinished(() => gateway.stop());
  return {
    origin,
    url: `${origin}/graphql`,
    errors,
    sandbox: gateway.sandbox,
    drain: gateway.drain,
    lines: () => lines.map((line) => JSON.parse(line)),
    inFlight: gateway.inFlight,
  };
}
