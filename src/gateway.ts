/** Creates the gateway from its modules. */

import type { RequestListener } from 'node:http';
import type { Config } from './config.ts';
import { abortBodies } from './http/body-time-limit.ts';
import type { LogError } from './http/endpoint/errors.ts';
import { InFlight } from './http/in-flight.ts';
import { tagline } from './http/pages/front-page.ts';
import { listLinks } from './http/pages/links.ts';
import { createRequestListener } from './http/router.ts';
import { type Listening, listen } from './http/server.ts';
import type { Sandbox } from './sandbox/start-sandbox.ts';
import { openStore, type Store } from './store/open-store.ts';
import { createTelemetry, type Telemetry, type TelemetryOptions } from './telemetry/telemetry.ts';
import { createSite } from './wiring/site.ts';
import { openUpstream } from './wiring/upstream.ts';
import { createUseCases } from './wiring/use-cases.ts';

export { RedisRefused } from './store/redis/redis-refused.ts';

export interface Gateway {
  /** A text for the terminal: the URLs and facts of this gateway. */
  welcome(origin: string): string;
  /** Writes the same facts to the log. */
  logStart(origin: string): void;
  /** The sandbox that replaces Dashly; null if the gateway uses Dashly. */
  readonly sandbox: Sandbox | null;
  /** The port of `/metrics`; null if it is not served. */
  readonly metricsPort: number | null;
  /** Serves the gateway from the caller's own server, which must finish its requests before `stop`. */
  readonly listener: RequestListener;
  /** Starts a server for the gateway and resolves to its port. Rejects with the error of Node.js if the server cannot listen. */
  listen(port: number, host: string): Promise<number>;
  /** Makes `/ready` fail, so that a load balancer stops sending requests. */
  drain(): void;
  inFlight(): InFlightCounts;
  /**
   * Ends all calls to Dashly: replies that were written become `UNKNOWN`, all others `NOT_DELIVERED`. Within a second it also ends requests
   * that are still arriving (408), and waits for the keys of other gateways (`UNKNOWN`).
   */
  abort(): void;
  /** Ends the event streams of the sandbox pages, which otherwise last as long as a page is open. */
  endStreams(): void;
  /** Stops accepting connections and resolves when all requests and replies in flight are done. May be called more than once. */
  stop(): Promise<void>;
}

/** What a stopping gateway waits for. */
export interface InFlightCounts {
  /** Requests to `/graphql`. */
  readonly requests: number;
  /** Replies that have a connection to Dashly, and that wait for one. */
  readonly replies: number;
  readonly queue: number;
  /** Connections of clients. */
  readonly connections: number;
}

export interface GatewayParts extends Pick<TelemetryOptions, 'log' | 'logStream'> {
  /** Receives unexpected errors instead of the log. */
  readonly logError?: LogError | undefined;
}

/**
 * Starts the sandbox if DASHLY_API_URL is `sandbox`, and the metrics server if METRICS_PORT is set; `listen` starts the server.
 * Rejects with the error of Node.js if a server cannot listen, and with `RedisRefused`.
 */
export async function createGateway(config: Config, parts: GatewayParts = {}): Promise<Gateway> {
  const opened: Close[] = [];
  try {
    return await assemble(config, parts, opened);
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

type Close = () => Promise<void> | undefined;

/** In the opposite order. */
async function closeAll(opened: readonly Close[]): Promise<void> {
  for (const close of opened.toReversed()) await close();
}

/** Adds to `opened` what must be closed, also if it rejects. */
async function assemble(config: Config, parts: GatewayParts, opened: Close[]): Promise<Gateway> {
  const inFlight = new InFlight();
  const listening: Listening[] = [];
  const countConnections = () => listening.reduce((sum, server) => sum + server.connections(), 0);
  const telemetry = createTelemetry({
    log: parts.log,
    logStream: parts.logStream ?? null,
    logError: parts.logError,
    logLevel: config.LOG_LEVEL,
    metricsPort: config.METRICS_PORT,
    host: config.HOST,
    otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    gauges() {
      const { inUse, waiting } = dashly.load();
      const clientConnections = countConnections();
      return { inFlight: inFlight.count, queue: waiting, connections: inUse, clientConnections };
    },
  });
  opened.push(telemetry.stop);
  const store = await openGatewayStore(config, telemetry);
  opened.push(store.close);
  const upstream = await openUpstream(config, telemetry);
  const { dashly, sandbox } = upstream;
  opened.push(() => sandbox?.close(), dashly.close);
  const useCases = createUseCases(config, upstream, store, telemetry);
  const { createContext } = useCases;
  const site = await createSite(config, { createContext, sandbox, inFlight, telemetry });
  const endStreams = () => sandbox?.endEvents();
  let isReady = true;
  let stopped: Promise<void> | null = null;
  const isReachable = config.READY_REQUIRES_REDIS ? store.isReachable : () => true;
  const aborting = new AbortController();
  const handle = createRequestListener({
    graphql: site.graphql,
    pages: site.pages,
    proxies: site.proxies,
    isReady: () => isReady && isReachable(),
    logError: telemetry.logError,
  });
  const listener: RequestListener = (req, res) => {
    abortBodies(req.socket, aborting.signal);
    handle(req, res);
  };

  async function stop(): Promise<void> {
    isReady = false;
    endStreams();
    await Promise.all(listening.map((server) => server.stop()));
    // A reply of a client that disconnected may still be in flight, and its outcome must be stored.
    await inFlight.whenIdle();
    useCases.stopRecovery();
    await closeAll(opened);
  }

  const metricsPort = await telemetry.start();

  const factsAt = (origin: string): Record<string, string> => ({
    upstream: upstream.description,
    callers: site.callers,
    ...(metricsPort !== null && { metrics: `${origin.replace(/\d*$/, String(metricsPort))}/metrics` }),
  });

  return {
    welcome(origin) {
      const facts = Object.entries(factsAt(origin)).map(([name, fact]) => `  ${name}: ${fact}`);
      return [tagline, '', listLinks(site.links, origin), '', ...facts, ''].join('\n');
    },
    logStart: (origin) =>
      telemetry.logInfo('The gateway accepts requests.', { url: `${origin}/graphql`, ...factsAt(origin) }),
    sandbox,
    metricsPort,
    listener,
    async listen(port, host) {
      const { MAX_CONNECTIONS: maxConnections, KEEP_ALIVE_TIMEOUT_MS: keepAliveTimeoutMs } = config;
      const server = await listen(listener, { port, host, maxConnections, keepAliveTimeoutMs });
      listening.push(server);
      return server.port;
    },
    drain() {
      isReady = false;
      for (const server of listening) server.drain();
    },
    inFlight() {
      const { inUse, waiting } = dashly.load();
      return { requests: inFlight.count, replies: inUse, queue: waiting, connections: countConnections() };
    },
    abort() {
      aborting.abort();
      store.abort();
      useCases.stopRecovery();
      dashly.abort();
    },
    endStreams,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

function openGatewayStore(config: Config, telemetry: Telemetry): Promise<Store> {
  return openStore({
    redisUrl: config.REDIS_URL,
    redisKeyPrefix: config.REDIS_KEY_PREFIX,
    redisMinReplicas: config.REDIS_MIN_REPLICAS,
    ttlMs: config.IDEMPOTENCY_TTL_SECONDS * 1000,
    maxRunMs: config.DASHLY_TIMEOUT_MS + config.RECOVERY_TIMEOUT_MS,
    rateLimitOptions: { perMinute: config.RATE_LIMIT_PER_MINUTE, kinds: config.RATE_LIMIT_APPLIES_TO },
    onOutage: (error) =>
      telemetry.logError(
        'The Redis of REDIS_URL is unreachable or rejects commands; replies with an idempotencyKey are refused.',
        error,
      ),
    onRecovery: () =>
      telemetry.logInfo('The Redis of REDIS_URL is back; replies with an idempotencyKey are accepted.'),
    onWarning: telemetry.logWarning,
  });
}
