/** The library: the gateway as a request handler, for a Node server that is there already. */

import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type Config, readConfig } from './config.ts';
import { createGateway as putTogether } from './gateway.ts';
import { InFlight } from './http/in-flight.ts';
import { sendError } from './http/send-error.ts';

/** What is up to whoever has the server and the process. */
type ForeignVariable = (typeof foreignVariables)[number];
const foreignVariables = [
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

/** What makes such a value of the configuration. A `file:` URL is the path that it stands for. */
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

/** The environment variables of the command, in camel case; all of them are in the table of the README. */
export interface GatewayOptions extends OptionsFor<Omit<Config, ForeignVariable>> {
  /** Where unexpected errors go, instead of the log; must not throw. */
  readonly logError?: ((message: string, error: unknown) => void) | undefined;
}

/** A gateway that listens for nothing itself. */
export interface MountedGateway {
  /** Answers `/graphql` and the other paths of the gateway, and 404 to anything else. It reads the body of the request itself. */
  readonly handler: RequestListener;
  /** From now on `/ready` says 503, so that a load balancer looks elsewhere; requests are still answered. */
  drain(): void;
  /** Answers 503 to new requests, and resolves when all requests and replies in flight are done; may be called again. */
  stop(): Promise<void>;
}

/**
 * Makes a gateway for a server of your own. It takes nothing from `process.env`, but for
 * the `OTEL_…` variables where there are traces. Each option is an environment variable of the
 * command in camel case (`dashlyApiUrl` is `DASHLY_API_URL`), with its meaning, its check and its default, but for `nodeEnv`,
 * which is `production` unless you say otherwise. As in the environment, what is empty counts as not given.
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
 * @throws {Error} (the promise rejects) with a line for each option that is wrong.
 */
export async function createGateway(options: GatewayOptions): Promise<MountedGateway> {
  const { logError, ...values } = options;
  const gateway = await putTogether(configFrom(values), { logError });
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
      // Where the client went away before this, there is nothing to wait for.
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

function configFrom(values: Readonly<Record<string, unknown>>): Config {
  const variables = Object.keys(readConfig({}).config ?? {}).filter((name) => !isForeign(name));
  const variableByOption = new Map(variables.map((name) => [camelCase(name), name]));
  const environment: Record<string, string | undefined> = { NODE_ENV: 'production' };
  const faults: string[] = [];
  for (const [option, value] of Object.entries(values)) {
    const variable = variableByOption.get(option);
    const text = textOf(value);
    if (variable === undefined) faults.push(`${option} is not an option.`);
    else if (text === null) faults.push(`${option} has a value of a kind that no option has.`);
    else if (text !== '') environment[variable] = text;
  }
  const { config, faults: faultsOfVariables = [] } = readConfig(environment);
  const names = new RegExp(`\\b(?:${variables.join('|')})\\b`, 'g');
  faults.push(...faultsOfVariables.map((fault) => fault.replace(names, camelCase)));
  if (!config || faults.length > 0) throw new Error(faults.join('\n'));
  return config;
}

/** As it would be written in the environment; null for what could not be. */
function textOf(value: unknown): string | null {
  if (value === undefined) return '';
  if (value instanceof URL) return value.protocol === 'file:' ? fileURLToPath(value) : value.href;
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string') ? value.join(',') : null;
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : null;
}

function isForeign(name: string): boolean {
  return foreignVariables.some((foreign) => foreign === name);
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_(.)/g, (_match, letter: string) => letter.toUpperCase());
}
