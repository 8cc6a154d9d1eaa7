/** The library: the gateway as a request handler for an existing Node server. */

import type { RequestListener } from 'node:http';
import { inspect } from 'node:util';
import { type Config, readConfig, variableNames } from './config.ts';
import { createGateway as wireGateway } from './gateway.ts';
import { InFlight } from './http/in-flight.ts';
import { sendError } from './http/respond.ts';

/** Variables of the command for what the application's own server decides. */
type CommandOnly = (typeof commandOnly)[number];
const commandOnly = [
  'PORT',
  'HOST',
  'MAX_CONNECTIONS',
  'KEEP_ALIVE_TIMEOUT_MS',
  'SHUTDOWN_DELAY_MS',
  'SHUTDOWN_TIMEOUT_MS',
] as const;

/** `DASHLY_API_URL` is `dashlyApiUrl`. */
type CamelCase<Name extends string> = Name extends `${infer First}_${infer Rest}`
  ? `${Lowercase<First>}${Capitalize<CamelCase<Rest>>}`
  : Lowercase<Name>;

/** The type of the option for a value of the configuration. The path of a file may be a `file:` URL. */
type OptionFor<Value> = Value extends number | boolean | string
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly Item[]
    : Value extends URL | ReadonlyMap<string, string>
      ? string | URL
      : Value extends null
        ? never
        : string;

type OptionsFor<Variables> = {
  readonly [Name in keyof Variables & string as CamelCase<Name>]?: OptionFor<Variables[Name]> | undefined;
};

/** The environment variables of the command in camel case; docs/production.md has a table of them. */
export interface GatewayOptions extends OptionsFor<Omit<Config, CommandOnly>> {
  /** Receives unexpected errors instead of the log; must not throw. */
  readonly logError?: ((message: string, error: unknown) => void) | undefined;
}

/** A gateway without a server of its own. */
export interface MountedGateway {
  /** Handles `/graphql` and the other paths of the gateway; other paths get a 404. Reads the request body itself. */
  readonly handler: RequestListener;
  /** From now on `/ready` responds with 503, so that a load balancer sends no new requests; requests are still handled. */
  drain(): void;
  /** Refuses new requests with 503, and resolves when all requests and replies in flight have ended. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Creates a gateway for your own server. Each option is an environment variable of the command in camel case (`dashlyApiUrl` is
 * `DASHLY_API_URL`), with the same meaning, check and default, except `nodeEnv`, whose default is `production`. An empty option
 * counts as unset. `process.env` is not read, except the `OTEL_…` variables if traces are on.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { createGateway } from 'dashly-graphql-gateway';
 *
 * const gateway = await createGateway({
 *   dashlyApiUrl: 'https://api.dashly.app/v2',
 *   corsOrigins: ['https://shop.example'],
 * });
 * const server = createServer((request, response) => {
 *   if (request.url === '/hello') response.end('Hello!');
 *   else gateway.handler(request, response);
 * });
 * server.listen(4000);
 *
 * process.once('SIGTERM', async () => {
 *   gateway.drain();
 *   server.close();
 *   await gateway.stop();
 * });
 * ```
 *
 * @throws {Error} (rejects) with one line per wrong option, or if the installed graphql does not fit.
 */
export async function createGateway(options: GatewayOptions): Promise<MountedGateway> {
  const { config, logError } = readOptions(options);
  const gateway = await wireGateway(config, { logError });
  const unanswered = new InFlight();
  let stopped: Promise<void> | null = null;

  async function stop(): Promise<void> {
    gateway.drain();
    gateway.endStreams();
    await unanswered.whenIdle();
    await gateway.stop();
  }

  return {
    handler(request, response) {
      if (stopped) {
        response.setHeader('connection', 'close');
        sendError(request, response, 503, 'The gateway is stopping.');
        return;
      }
      // If the client has disconnected already, `close` is not emitted any more.
      if (!response.closed) {
        unanswered.enter();
        response.once('close', () => unanswered.leave());
      }
      gateway.listener(request, response);
    },
    drain: gateway.drain,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

interface ReadOptions extends Pick<GatewayOptions, 'logError'> {
  readonly config: Config;
}

/** JavaScript does not check the types of options. */
function readOptions(options: GatewayOptions): ReadOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(
      `createGateway needs an object of options, but got ${inspect(options, { depth: -1 })}.`,
    );
  }
  const { logError, ...rest } = options;
  const variables = variableNames.filter((name) => !isCommandOnly(name));
  // The application's server has its own port.
  const values: Record<string, unknown> = { NODE_ENV: 'production', PORT: 0 };
  const faults: string[] = [];
  for (const [option, value] of Object.entries(rest)) {
    const variable = variables.find((name) => camelCase(name) === option);
    if (variable === undefined) faults.push(`${option} is not an option.`);
    else if (value !== undefined && value !== '') values[variable] = value;
  }
  if (logError !== undefined && typeof logError !== 'function') {
    faults.push(`logError must be a function, but is ${inspect(logError, { depth: -1 })}.`);
  }
  const { config, faults: faultsOfVariables = [] } = readConfig(values, 'options');
  const names = new RegExp(`\\b(?:${variables.join('|')})\\b`, 'g');
  faults.push(...faultsOfVariables.map((fault) => fault.replace(names, camelCase)));
  if (!config || faults.length > 0) throw new Error(faults.join('\n'));
  return { config, logError };
}

function isCommandOnly(name: string): boolean {
  return commandOnly.some((variable) => variable === name);
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_(.)/g, (_match, letter: string) => letter.toUpperCase());
}
