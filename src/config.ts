/** The configuration, from environment variables or from the options of the library. */

import { inspect } from 'node:util';
import { version } from 'graphql';
import { z } from 'zod';
import * as formats from './config-formats.ts';
import { callerKinds } from './conversation/callers/caller.ts';
import { redisUrl } from './redis-url.ts';
import { fileVariable, readSecretFiles } from './secret-files.ts';

const maxTimeoutMs = 10 * 60_000;

/** The largest GraphQL `Int`, which `replyLimits` returns. */
const maxInt32 = 2 ** 31 - 1;

/** Its value is never printed, and `<name>_FILE` may be the path of a file that contains it. */
const secret = { isSecret: true };

const variables = z.object({
  /** Port to listen on; 0 means any free port. */
  PORT: formats.integer(0, 65_535).default(4000),
  /** Address to listen on. */
  HOST: formats.text.default('127.0.0.1'),
  /** `production` turns off what only development needs. */
  NODE_ENV: formats.oneOf(['production', 'development', 'test']).default('development'),
  /** Base URL of Dashly's API with its version, such as `https://api.dashly.app/v2`; or `sandbox` for the embedded one. */
  DASHLY_API_URL: formats.apiUrl.optional(),
  /** The proxy for `https://` connections to Dashly and to key sets; null for none. */
  HTTPS_PROXY: formats.proxyUrl.nullable().default(null).meta(secret),
  /** Hosts that are connected to directly, with their subdomains. */
  NO_PROXY: formats.hostList.default([]),
  /** Time for a whole call to Dashly, in milliseconds. */
  DASHLY_TIMEOUT_MS: formats.integer(1, maxTimeoutMs).default(10_000),
  /** Time to look up the outcome of a reply whose response was lost, in milliseconds; 0 looks up nothing. */
  RECOVERY_TIMEOUT_MS: formats.zeroOr(1_000, 60_000).default(5_500),
  /** How many replies are sent to Dashly at once, each on its own connection. */
  DASHLY_MAX_CONNECTIONS: formats.integer(1, 10_000).default(64),
  /** How many more replies may wait for a connection. */
  DASHLY_MAX_QUEUE: formats.integer(0, 20_000).default(1024),
  /** The gateway's own token for Dashly; null if clients send theirs. */
  DASHLY_TOKEN: formats.token.nullable().default(null).meta(secret),
  /** URL of the keys that sign the clients' JWTs. */
  JWT_JWKS_URL: formats.keySetUrl.nullable().default(null),
  /** The only key that signs the clients' JWTs. */
  JWT_PUBLIC_KEY: formats.publicKey.nullable().default(null).meta(secret),
  /** The secret that signs the clients' JWTs. */
  JWT_SECRET: formats.secretKey.nullable().default(null).meta(secret),
  /** The required claim `iss` of a JWT. */
  JWT_ISSUER: formats.text.nullable().default(null),
  /** The required claim `aud` of a JWT, or one item of it. */
  JWT_AUDIENCE: formats.text.nullable().default(null),
  /** SHA-256 hashes of the API keys, in hex. */
  API_KEY_HASHES: formats.sha256List.default([]).meta(secret),
  /** Maximum number of open connections; further ones are closed immediately. */
  MAX_CONNECTIONS: formats.integer(1, 1_000_000).default(5_000),
  /** How long an idle connection stays open, in milliseconds; longer than the load balancer in front keeps it open. */
  KEEP_ALIVE_TIMEOUT_MS: formats.integer(1, maxTimeoutMs).default(75_000),
  /** How many operations of one caller run at once; the response to further ones is 429. */
  MAX_OPERATIONS_PER_CALLER: formats.integer(1, 1_000_000).default(512),
  /** How many replies one operation may have. */
  MAX_REPLIES_PER_OPERATION: formats.integer(1, 50).default(5),
  /** How many replies a caller may send per minute. */
  RATE_LIMIT_PER_MINUTE: formats.integer(1, 1_000_000).default(60),
  /** The kinds of callers with this limit. */
  RATE_LIMIT_APPLIES_TO: formats.listOf(callerKinds).default(['jwt']),
  /** How long an `idempotencyKey` is kept. */
  IDEMPOTENCY_TTL_SECONDS: formats.integer(1, 31_536_000).default(86_400),
  /** The Redis that gateways share; null for this gateway's memory. */
  REDIS_URL: redisUrl.nullable().default(null).meta(secret),
  /** Precedes all keys in Redis. */
  REDIS_KEY_PREFIX: formats.keyPrefix.default('dashly-gateway:'),
  /** How many replicas must have the claim to an `idempotencyKey` before its reply is sent. */
  REDIS_MIN_REPLICAS: formats.integer(0, 10).default(0),
  /** Whether `/ready` fails while Redis is unreachable. */
  READY_REQUIRES_REDIS: formats.boolean.default(false),
  /** Prefix of the names of all types but scalars, for a federated graph that has types with these names. */
  TYPE_PREFIX: formats.typePrefix.default(''),
  /** Maximum size of an attachment, in bytes. */
  UPLOAD_MAX_BYTES: formats.integer(1, maxInt32).default(10 * 1024 * 1024),
  /** Origins whose pages may read responses. */
  CORS_ORIGINS: formats.originList.default([]),
  /** The proxies whose `x-request-id` and `x-forwarded-for` are read. */
  TRUST_PROXY: formats.addressList.default([]),
  /** Whether clients may query the schema. */
  INTROSPECTION: formats.boolean.optional(),
  /** Whether browsers get GraphiQL. */
  GRAPHIQL: formats.boolean.optional(),
  /** The only documents that are executed, by their ids; null for any document. */
  TRUSTED_DOCUMENTS: formats.documentManifest.nullable().default(null),
  /** Port to serve metrics on, at HOST; 0 means any free port, null no metrics. */
  METRICS_PORT: formats.integer(0, 65_535).nullable().default(null),
  /** Base URL of the OpenTelemetry collector; null for no traces. */
  OTEL_EXPORTER_OTLP_ENDPOINT: formats.collectorUrl.nullable().default(null),
  /** The lowest level that is logged; `info` includes every operation. */
  LOG_LEVEL: formats.oneOf(['info', 'warn', 'error', 'silent']).default('info'),
  /** How long a stopping gateway still accepts requests, in milliseconds. */
  SHUTDOWN_DELAY_MS: formats.integer(0, maxTimeoutMs).default(0),
  /** Maximum time to stop, including the delay, in milliseconds. */
  SHUTDOWN_TIMEOUT_MS: formats.integer(1, maxTimeoutMs).default(25_000),
});

type Variables = z.output<typeof variables>;

export const variableNames: readonly string[] = Object.keys(variables.shape);

/** What `check` reads. */
export const dashlyVariables = variables.pick({
  DASHLY_TOKEN: true,
  DASHLY_API_URL: true,
  HTTPS_PROXY: true,
  NO_PROXY: true,
});

const secretNames = Object.entries(variables.shape)
  .filter(([, format]) => format.meta()?.['isSecret'] === true)
  .map(([name]) => name);

export interface Config extends Variables {
  readonly DASHLY_API_URL: URL | 'sandbox';
  readonly INTROSPECTION: boolean;
  readonly GRAPHIQL: boolean;
}

export type ConfigResult =
  | { readonly config: Config; readonly faults?: never }
  | {
      readonly config?: never;
      /** One line per wrong variable. */
      readonly faults: readonly string[];
    };

/** Environment variables are text. Options of the library have the types of their values. */
export type ConfigSource = 'environment' | 'options';

/**
 * Reads the variables. Reports all faults at once. If a variable is wrong itself, rules that compare it with others are not checked.
 */
export function readConfig(values: Values, source: ConfigSource = 'environment'): ConfigResult {
  const fault = faultOfGraphql();
  if (fault !== null) return { faults: [fault] };
  const { data, known, wrong, faults: ownFaults } = readVariables(variables, values);
  const faults = [
    ...ownFaults,
    ...(source === 'options' ? faultsOfTypes(known, data) : []),
    ...faultsBetween(data, (name) => known[name] != null || wrong.includes(name))
      .filter(({ about }) => !about.some((name) => wrong.includes(name)))
      .map(({ line }) => line),
  ];
  if (faults.length > 0) return { faults };
  const isProduction = data.NODE_ENV === 'production';
  const { DASHLY_API_URL = 'sandbox', INTROSPECTION = !isProduction } = data;
  // GraphiQL sends the text of documents, which a gateway with trusted documents refuses.
  const { GRAPHIQL = !isProduction && data.TRUSTED_DOCUMENTS === null } = data;
  return { config: { ...data, DASHLY_API_URL, INTROSPECTION, GRAPHIQL } };
}

type Values = Readonly<Record<string, unknown>>;

interface ReadVariables<Data> {
  /** With the default of each wrong variable. */
  readonly data: Data;
  /** What is set, with the contents of files. */
  readonly known: Values;
  /** The names of wrong variables. */
  readonly wrong: readonly string[];
  /** One line for each of them. */
  readonly faults: readonly string[];
}

/** Reads the variables of `schema`, each on its own. An empty one counts as unset. */
export function readVariables<Schema extends z.ZodObject>(
  schema: Schema,
  values: Values,
): ReadVariables<z.output<Schema>> {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value)));
  const secrets = secretNames.filter((name) => Object.hasOwn(schema.shape, name));
  const files = readSecretFiles(given, secrets);
  const known = { ...omit(given, Object.keys(files.faults)), ...files.contents };
  const { data: valid, error } = schema.safeParse(known);
  const messages = Object.entries(error ? z.flattenError(error).fieldErrors : {});
  const wrong = [...Object.keys(files.faults), ...messages.map(([name]) => name)];
  const data = valid ?? schema.parse(omit(known, wrong));
  const faults = [
    ...Object.values(files.faults),
    ...messages.map(([name, lines]) => {
      const file = Object.hasOwn(files.contents, name) ? ` (from ${fileVariable(name)})` : '';
      return `${name}${file} ${lines?.[0]}${describeValue(name, known[name])}.`;
    }),
  ];
  return { data, known, wrong, faults };
}

/** The formats also accept a number, a boolean or a list as text, for environment variables. */
function faultsOfTypes(given: Readonly<Record<string, unknown>>, data: Variables): readonly string[] {
  return Object.entries(data).flatMap(([name, value]) => {
    const text = given[name];
    if (typeof text !== 'string' || !['number', 'boolean', 'object'].includes(typeof value)) return [];
    if (typeof value === 'object' && !Array.isArray(value)) return [];
    const type = Array.isArray(value) ? 'an array' : `a ${typeof value}`;
    return [`${name} must be ${type}${describeValue(name, text)}.`];
  });
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

function omit(values: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}

/** Empty for a secret, and for what may contain one, such as the user or the query of a URL. */
function describeValue(name: string, value: unknown): string {
  const isText =
    typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
  // An object is printed without its contents.
  const shown = isText || value instanceof URL ? JSON.stringify(value) : inspect(value, { depth: -1 });
  return secretNames.includes(name) || /[@?]/.test(shown)
    ? ''
    : `, but is ${shown.length > 100 ? `${shown.slice(0, 100)}…` : shown}`;
}

/** One line per unknown variable that starts with `DASHLY_`: probably misspelled, possibly another program's. */
export function warningsOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const names = Object.keys(environment).filter((name) => name.startsWith('DASHLY_'));
  return names
    .filter((name) => !Object.hasOwn(variables.shape, name) && !secretNames.map(fileVariable).includes(name))
    .map((name) => `${name} is not a variable of the gateway and has no effect.`);
}

interface Fault {
  readonly about: readonly (keyof Variables)[];
  readonly line: string;
}

type IsGiven = (name: keyof Variables) => boolean;

/** Checks the rules between variables. For a variable that is wrong itself, `isGiven` is true and `data` has its default. */
function faultsBetween(data: Variables, isGiven: IsGiven): readonly Fault[] {
  return [
    ...faultsOfUpstream(data, isGiven),
    ...faultsOfCallers(isGiven),
    ...faultsOfPorts(data),
    ...faultsOfShutdown(data),
    ...faultsOfRedis(data, isGiven),
  ];
}

function faultsOfUpstream({ NODE_ENV }: Variables, isGiven: IsGiven): readonly Fault[] {
  if (NODE_ENV !== 'production' || isGiven('DASHLY_API_URL')) return [];
  const line =
    'DASHLY_API_URL must be set in production: https://api.dashly.app/v2, or sandbox to try the gateway out.';
  return [{ about: ['DASHLY_API_URL'], line }];
}

function faultsOfRedis(
  { REDIS_MIN_REPLICAS, READY_REQUIRES_REDIS }: Variables,
  isGiven: IsGiven,
): readonly Fault[] {
  if (isGiven('REDIS_URL')) return [];
  const fault = (name: keyof Variables): Fault => ({ about: [name], line: `${name} requires REDIS_URL.` });
  return [
    ...(REDIS_MIN_REPLICAS > 0 ? [fault('REDIS_MIN_REPLICAS')] : []),
    ...(READY_REQUIRES_REDIS ? [fault('READY_REQUIRES_REDIS')] : []),
  ];
}

function faultsOfPorts({ PORT, METRICS_PORT }: Variables): readonly Fault[] {
  if (METRICS_PORT !== PORT || PORT === 0) return [];
  return [
    { about: ['PORT', 'METRICS_PORT'], line: `METRICS_PORT must differ from PORT, but both are ${PORT}.` },
  ];
}

function faultsOfShutdown({ SHUTDOWN_DELAY_MS, SHUTDOWN_TIMEOUT_MS }: Variables): readonly Fault[] {
  if (SHUTDOWN_DELAY_MS < SHUTDOWN_TIMEOUT_MS) return [];
  const line =
    'SHUTDOWN_DELAY_MS must be less than SHUTDOWN_TIMEOUT_MS; otherwise requests in flight are aborted.';
  return [{ about: ['SHUTDOWN_DELAY_MS', 'SHUTDOWN_TIMEOUT_MS'], line }];
}

/** A gateway with its own token must authenticate its callers; without one, Dashly authenticates them. */
function faultsOfCallers(isGiven: IsGiven): readonly Fault[] {
  const fault = (name: keyof Variables, rest: string): Fault => ({ about: [name], line: `${name} ${rest}` });
  const keys = (['JWT_JWKS_URL', 'JWT_PUBLIC_KEY', 'JWT_SECRET'] as const).filter(isGiven);
  const names = (['JWT_ISSUER', 'JWT_AUDIENCE'] as const).filter(isGiven);
  const apiKeys = (['API_KEY_HASHES'] as const).filter(isGiven);
  if (!isGiven('DASHLY_TOKEN')) {
    return [...keys, ...names, ...apiKeys].map((name) =>
      fault(name, 'requires DASHLY_TOKEN: without it, clients send their own tokens for Dashly.'),
    );
  }
  const [firstKey, ...otherKeys] = keys;
  if (!firstKey) {
    const unusable = names.map((name) => fault(name, 'requires JWT_JWKS_URL, JWT_PUBLIC_KEY or JWT_SECRET.'));
    if (apiKeys.length > 0 || unusable.length > 0) return unusable;
    const rest =
      'would let anyone send replies: set JWT_JWKS_URL, JWT_PUBLIC_KEY or JWT_SECRET (with JWT_ISSUER and ' +
      'JWT_AUDIENCE), or API_KEY_HASHES, to authenticate callers.';
    return [fault('DASHLY_TOKEN', rest)];
  }
  const missing = (['JWT_ISSUER', 'JWT_AUDIENCE'] as const).filter((name) => !isGiven(name));
  return [
    ...otherKeys.map((name) => fault(name, `cannot be set together with ${firstKey}: set one of them.`)),
    ...missing.map((name) => fault(name, `must be set together with ${firstKey}.`)),
  ];
}

/** As in `peerDependencies`. Earlier versions cannot hide suggestions from clients; 17 has variables of another shape. */
const neededGraphql = { major: 16, minor: 15 };

/** What to do if the version of graphql, which is that of the application, does not fit; null if it fits. */
export function faultOfGraphql(found = version): string | null {
  const [major = 0, minor = 0] = found.split('.').map(Number);
  if (major === neededGraphql.major && minor >= neededGraphql.minor) return null;
  const needed = `${neededGraphql.major}.${neededGraphql.minor} or a later ${neededGraphql.major}`;
  return `The gateway needs graphql ${needed}, but ${found} is installed: run "npm install graphql@${neededGraphql.major}".`;
}
