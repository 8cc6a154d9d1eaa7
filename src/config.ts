/** The environment, checked once. */

import { z } from 'zod';
import * as formats from './config-formats.ts';

const maxTimeoutMs = 10 * 60_000;

/** What a GraphQL `Int` holds: `replyLimits` tells clients of it. */
const maxInt32 = 2 ** 31 - 1;

/** In the order in which a person meets them. */
const variables = z.object({
  /** Port to listen on; 0 takes any that is free. */
  PORT: formats.wholeNumber(0, 65_535).default(4000),
  /** Address to listen on. */
  HOST: z.string().default('127.0.0.1'),
  /** `production` turns off what only explorers need. */
  NODE_ENV: z.string().default('development'),
  /** Base URL of Dashly's API with the version, such as `https://api.dashly.app/v2`; or the embedded sandbox. */
  DASHLY_API_URL: formats.apiUrl.optional(),
  /** Time for a whole call to Dashly, in milliseconds. */
  DASHLY_TIMEOUT_MS: formats.wholeNumber(1, maxTimeoutMs).default(10_000),
  /** How many replies may be on their way to Dashly at once, each on a connection of its own. */
  DASHLY_MAX_CONNECTIONS: formats.wholeNumber(1, 10_000).default(64),
  /** How many more may wait for one of these connections. */
  DASHLY_MAX_QUEUE: formats.wholeNumber(0, 1_000_000).default(1024),
  /** The gateway's own token for Dashly; null where callers bring theirs. */
  DASHLY_TOKEN: formats.token.nullable().default(null),
  /** Where the keys of the callers' JWTs are to be had. */
  JWT_JWKS_URL: formats.keySetUrl.nullable().default(null),
  /** The one key of the callers' JWTs. */
  JWT_PUBLIC_KEY: formats.publicKey.nullable().default(null),
  /** The secret that the callers' JWTs are signed with. */
  JWT_SECRET: formats.secretKey.nullable().default(null),
  /** What the claim `iss` of a JWT has to be. */
  JWT_ISSUER: z.string().nullable().default(null),
  /** What the claim `aud` of a JWT has to be or to have in it. */
  JWT_AUDIENCE: z.string().nullable().default(null),
  /** SHA-256 of the API keys, in hex. */
  API_KEY_HASHES: formats.sha256List.default([]),
  /** Open connections; further ones are closed at once. */
  MAX_CONNECTIONS: formats.wholeNumber(1, 1_000_000).default(5_000),
  /** How long an idle connection stays open, in milliseconds; longer than the load balancer in front keeps it. */
  KEEP_ALIVE_TIMEOUT_MS: formats.wholeNumber(1, maxTimeoutMs).default(75_000),
  /** Operations of one caller under way at once; further ones are answered 429. */
  MAX_OPERATIONS_PER_CALLER: formats.wholeNumber(1, 1_000_000).default(512),
  /** How many replies an operation may have. */
  MAX_REPLIES_PER_OPERATION: formats.wholeNumber(1, 50).default(5),
  /** How many replies a caller may send in a minute. */
  RATE_LIMIT_PER_MINUTE: formats.wholeNumber(1, 1_000_000).default(60),
  /** The callers that this limit is for. */
  RATE_LIMIT_APPLIES_TO: formats.listOf(['jwt', 'api-key', 'dashly-token']).default(['jwt']),
  /** How long an `idempotencyKey` is kept. */
  IDEMPOTENCY_TTL_SECONDS: formats.wholeNumber(1, 31_536_000).default(86_400),
  /** The Redis that gateways share; null for the memory of this one. */
  REDIS_URL: formats.redisUrl.nullable().default(null),
  /** Put before the names of all types but scalars, for a federated graph in which theirs are taken. */
  TYPE_PREFIX: formats.typePrefix.default(''),
  /** Largest attachment, in bytes. */
  UPLOAD_MAX_BYTES: formats.wholeNumber(1, maxInt32).default(10 * 1024 * 1024),
  /** Origins whose pages may read answers. */
  CORS_ORIGINS: formats.originList.default([]),
  /** Whether callers may ask for the schema. */
  INTROSPECTION: formats.flag.optional(),
  /** Whether there is a page for browsers. */
  GRAPHIQL: formats.flag.optional(),
  /** The only documents that are taken, by their ids; null for all. */
  TRUSTED_DOCUMENTS: formats.documentManifest.nullable().default(null),
  /** Port to serve metrics on, at HOST; 0 takes any that is free, null none. */
  METRICS_PORT: formats.wholeNumber(0, 65_535).nullable().default(null),
  /** Base URL of the OpenTelemetry collector that traces go to; null for no traces. */
  OTEL_EXPORTER_OTLP_ENDPOINT: formats.collectorUrl.nullable().default(null),
  /** From where on the log has lines: `info` has every operation. */
  LOG_LEVEL: formats.logLevel.default('info'),
  /** How long a gateway that is to stop still takes requests, in milliseconds. */
  SHUTDOWN_DELAY_MS: formats.wholeNumber(0, maxTimeoutMs).default(0),
  /** How long stopping takes at most, the delay included, in milliseconds. */
  SHUTDOWN_TIMEOUT_MS: formats.wholeNumber(1, maxTimeoutMs).default(25_000),
});

type Variables = z.output<typeof variables>;

export interface Config extends Variables {
  readonly DASHLY_API_URL: URL | 'sandbox';
  readonly INTROSPECTION: boolean;
  readonly GRAPHIQL: boolean;
}

export type ConfigResult =
  | { readonly config: Config; readonly faults?: never }
  | {
      readonly config?: never;
      /** One line for each variable that is wrong. */
      readonly faults: readonly string[];
    };

/** Reads the configuration from environment variables; an empty one counts as unset. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): ConfigResult {
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  const { data, error } = variables.safeParse(Object.fromEntries(given));
  if (error) return { faults: error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}.`) };
  const faults = [...faultsOfUpstream(data), ...faultsOfCallers(data), ...faultsOfShutdown(data)];
  if (faults.length > 0) return { faults };
  const isProduction = data.NODE_ENV === 'production';
  const { DASHLY_API_URL = 'sandbox', INTROSPECTION = !isProduction } = data;
  // GraphiQL sends texts, of which trusted documents have none.
  const { GRAPHIQL = !isProduction && data.TRUSTED_DOCUMENTS === null } = data;
  return { config: { ...data, DASHLY_API_URL, INTROSPECTION, GRAPHIQL } };
}

/** A line for each name that looks like a variable of the gateway's and is none; a neighbour's may look like one as well. */
export function warningsOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const names = Object.keys(environment).filter((name) => name.startsWith('DASHLY_'));
  return names
    .filter((name) => !Object.hasOwn(variables.shape, name))
    .map((name) => `${name} is no variable of the gateway, and changes nothing.`);
}

function faultsOfUpstream({ NODE_ENV, DASHLY_API_URL }: Variables): readonly string[] {
  if (NODE_ENV !== 'production' || DASHLY_API_URL) return [];
  return [
    'DASHLY_API_URL has to be set in production: https://api.dashly.app/v2, or the word sandbox if that is meant.',
  ];
}

function faultsOfShutdown({ SHUTDOWN_DELAY_MS, SHUTDOWN_TIMEOUT_MS }: Variables): readonly string[] {
  if (SHUTDOWN_DELAY_MS < SHUTDOWN_TIMEOUT_MS) return [];
  return [
    'SHUTDOWN_DELAY_MS has to be less than SHUTDOWN_TIMEOUT_MS, or what is in flight would be cut off.',
  ];
}

/** The gateway's token is for callers who prove who they are, and proofs are for nothing else. */
function faultsOfCallers(given: Variables): readonly string[] {
  const keys = (['JWT_JWKS_URL', 'JWT_PUBLIC_KEY', 'JWT_SECRET'] as const).filter((name) => given[name]);
  const names = (['JWT_ISSUER', 'JWT_AUDIENCE'] as const).filter((name) => given[name]);
  const hasApiKeys = given.API_KEY_HASHES.length > 0;
  if (given.DASHLY_TOKEN === null) {
    return [...keys, ...names, ...(hasApiKeys ? ['API_KEY_HASHES'] : [])].map(
      (name) => `${name} is of use only with DASHLY_TOKEN: without it callers bring tokens of Dashly's own.`,
    );
  }
  const [firstKey, ...otherKeys] = keys;
  if (!firstKey) {
    const useless = names.map(
      (name) => `${name} is of use only with JWT_JWKS_URL, JWT_PUBLIC_KEY or JWT_SECRET.`,
    );
    if (hasApiKeys || useless.length > 0) return useless;
    return [
      'DASHLY_TOKEN would speak for everybody: say how callers prove who they are, by JWT_JWKS_URL, JWT_PUBLIC_KEY or ' +
        'JWT_SECRET (with JWT_ISSUER and JWT_AUDIENCE), or by API_KEY_HASHES.',
    ];
  }
  const missing = (['JWT_ISSUER', 'JWT_AUDIENCE'] as const).filter((name) => !given[name]);
  return [
    ...otherKeys.map((name) => `${name} cannot be set beside ${firstKey}: a JWT is verified in one way.`),
    ...missing.map((name) => `${name} has to be set with ${firstKey}.`),
  ];
}
