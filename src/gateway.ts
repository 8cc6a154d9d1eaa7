/** Creates the gateway from its modules. */

import { randomInt } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { parse, print } from 'graphql';
import { chooseProxy } from './choose-proxy.ts';
import type { Config } from './config.ts';
import type { RateLimitState } from './conversation/callers/rate-limit.ts';
import { createReadConversation } from './conversation/reading/read-conversation.ts';
import { ReplyRecovery } from './conversation/recovery/recover-reply.ts';
import { internalError } from './conversation/reply-failures.ts';
import { createReplyToConversation } from './conversation/reply-to-conversation.ts';
import { createDashlyClient } from './dashly/client.ts';
import { createSubgraph } from './graphql/federation.ts';
import { schema as clientSchema } from './graphql/schema.ts';
import { prefixTypesInDocument } from './graphql/type-prefix.ts';
import { Admission, defaultLimits } from './http/admission.ts';
import type { AuthenticatedCaller } from './http/auth/authenticate.ts';
import { createCallers } from './http/auth/callers.ts';
import type { JwtOptions } from './http/auth/jwt.ts';
import { createRequireCaller } from './http/auth/require-caller.ts';
import { Documents } from './http/documents/documents.ts';
import { createAnyDocuments, createTrustedDocuments } from './http/documents/resolve-document.ts';
import { createCors } from './http/endpoint/cors.ts';
import { createGraphQLEndpoint } from './http/endpoint/endpoint.ts';
import type { LogError } from './http/endpoint/errors.ts';
import { type CreateContext, createExecuteOperation } from './http/endpoint/execute-operation.ts';
import type { GraphQLRequest } from './http/endpoint/graphql-request.ts';
import { type RateLimitPolicy, setRateLimitHeaders } from './http/endpoint/rate-limit-headers.ts';
import { createExecuteWithYoga } from './http/endpoint/yoga.ts';
import { InFlight } from './http/in-flight.ts';
import { readExplorerTabs } from './http/pages/explorer-tabs.ts';
import { createFrontPage, tagline } from './http/pages/front-page.ts';
import { assetsPath, loadGraphiQLAssets } from './http/pages/graphiql-assets.ts';
import { createGraphiQLPage } from './http/pages/graphiql-page.ts';
import { createLinks, listLinks } from './http/pages/links.ts';
import { createSchemaPage } from './http/pages/schema-page.ts';
import { createReportRefusal } from './http/report-refusal.ts';
import { createRequestListener, type Page } from './http/router.ts';
import { type Listening, listen } from './http/server.ts';
import { createTrustedProxies } from './http/trusted-proxies.ts';
import { sandboxToken } from './sandbox/api/authorization.ts';
import type { Sandbox } from './sandbox/start-sandbox.ts';
import { openStore } from './store/open-store.ts';
import { createTelemetry, type TelemetryOptions } from './telemetry/telemetry.ts';

export { RedisRefused } from './store/redis-refused.ts';

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
  /** Cuts off all calls to Dashly. Their replies end: those that were written as `UNKNOWN`, all others as `NOT_DELIVERED`. */
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
  const inFlight = new InFlight();
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
      return { inFlight: inFlight.count, queue: waiting, connections: inUse };
    },
  });
  const { logError } = telemetry;
  const store = await openStore({
    redisUrl: config.REDIS_URL,
    redisKeyPrefix: config.REDIS_KEY_PREFIX,
    redisMinReplicas: config.REDIS_MIN_REPLICAS,
    ttlMs: config.IDEMPOTENCY_TTL_SECONDS * 1000,
    maxRunMs: config.DASHLY_TIMEOUT_MS + config.RECOVERY_TIMEOUT_MS,
    rateLimitOptions: { perMinute: config.RATE_LIMIT_PER_MINUTE, kinds: config.RATE_LIMIT_APPLIES_TO },
    onOutage: (error) =>
      logError(
        'The Redis of REDIS_URL is unreachable or rejects commands; replies with an idempotencyKey are refused.',
        error,
      ),
    onRecovery: () =>
      telemetry.logInfo('The Redis of REDIS_URL is back; replies with an idempotencyKey are accepted.'),
    onWarning: telemetry.logWarning,
  });
  const upstream = config.DASHLY_API_URL === 'sandbox' ? await embedSandbox() : config.DASHLY_API_URL;
  const sandbox = upstream instanceof URL ? null : upstream;
  const apiUrl = upstream instanceof URL ? upstream : new URL(upstream.url);
  const proxy = chooseProxy(config, apiUrl);
  const attachmentMaxBytes = config.UPLOAD_MAX_BYTES;
  const dashly = createDashlyClient({
    apiUrl,
    proxy,
    timeoutMs: config.DASHLY_TIMEOUT_MS,
    attachmentMaxBytes,
    maxConnections: config.DASHLY_MAX_CONNECTIONS,
    maxQueue: config.DASHLY_MAX_QUEUE,
    undocumented: telemetry.undocumented,
    onStrayAnswer: ({ conversationId, randomId }) =>
      logError(
        'A reply got the response to another request: Dashly, or a proxy in front of it, mixes up responses.',
        new Error(
          `Whether the reply to conversation ${conversationId} with random_id ${randomId} was created is unknown.`,
        ),
      ),
  });
  const recovery = new ReplyRecovery({
    readParts: dashly.lookUpParts,
    timeoutMs: config.RECOVERY_TIMEOUT_MS,
    isProven: sandbox !== null,
    repliesUnderWay: () => dashly.load().inUse + dashly.load().waiting,
    observe: telemetry.observeLookUp,
    warn: telemetry.logWarning,
  });
  const replyToConversation = createReplyToConversation({
    sendReply: dashly.sendReply,
    drawRandomId: () => randomInt(1, 2 ** 31),
    rateLimit: store.rateLimit,
    idempotencyStore: store.idempotencyStore,
    recovery,
    adviseOnCredentials: sandbox ? adviseOnSandboxToken : adviseOnToken,
  });
  const readConversation = createReadConversation({
    readParts: dashly.readParts,
    rateLimit: store.readRateLimit,
    adviseOnCredentials: sandbox ? adviseOnSandboxToken : adviseOnToken,
  });
  const limits = { attachmentMaxBytes, readTimeoutMs: Math.min(config.DASHLY_TIMEOUT_MS, maxReadMs) };
  const limitedKinds = config.RATE_LIMIT_APPLIES_TO;
  /** No function for callers without a limit: it would cost them time. */
  function observeRateLimit({ caller, res }: GraphQLRequest, policy: RateLimitPolicy) {
    if (!caller || !limitedKinds.includes(caller.kind)) return undefined;
    return (state: RateLimitState) => setRateLimitHeaders(res, policy, state);
  }
  const createContext: CreateContext = (request, upload) => ({
    signal: request.signal,
    async readConversation(command) {
      const result = await readConversation(request.caller, command, observeRateLimit(request, 'reads'));
      telemetry.countRead(result.kind === 'page' ? 'OK' : result.code);
      return result;
    },
    reserveMemory: (bytes) => request.admitted.reserve(bytes) === null,
    report: (typeName, report) => request.replies.push({ ...report, typeName }),
    replyToConversation: (command) =>
      replyToConversation(request.caller, command, observeRateLimit(request, 'replies')),
    failInternally(error, delivery) {
      logError(`Unexpected error in request ${request.requestId}.`, error);
      return internalError(request.requestId, delivery);
    },
    wholeRequest: upload?.whole ?? null,
    limits,
  });

  const { schema, clientSdl } = createSubgraph(clientSchema, config.TYPE_PREFIX);
  const documents = new Documents({
    schema,
    limits: { maxReplies: config.MAX_REPLIES_PER_OPERATION },
    hasIntrospection: config.INTROSPECTION,
  });
  const { TRUSTED_DOCUMENTS: trusted } = config;
  const resolveDocument = trusted ? createTrustedDocuments(trusted) : createAnyDocuments(config.GRAPHIQL);
  const executeOperation = createExecuteOperation(schema, createContext);
  const graphiqlAssets = config.GRAPHIQL ? loadGraphiQLAssets() : null;
  const exampleToken = sandbox && config.DASHLY_TOKEN === null ? sandboxToken : '';
  const callers = await createCallers({
    dashlyToken: config.DASHLY_TOKEN,
    jwt: jwtOptionsOf(config),
    apiKeyHashes: config.API_KEY_HASHES,
    exampleToken,
  });
  const proxies = createTrustedProxies(config.TRUST_PROXY);
  const reportRefusal = createReportRefusal(proxies);
  const requireCaller = createRequireCaller(callers.authenticate, reportRefusal, logError);
  const graphql = createGraphQLEndpoint({
    applyCors: createCors(config.CORS_ORIGINS),
    sendPage: config.GRAPHIQL
      ? createGraphiQLPage(
          {
            tabs: readExplorerTabs((query) => withPrefix(query, config.TYPE_PREFIX)),
            headers: callers.headers,
            isLive: sandbox === null,
            attachmentMaxBytes,
          },
          graphiqlAssets,
        )
      : null,
    requireCaller,
    admission: new Admission({
      ...defaultLimits,
      maxOperationsPerCaller: config.MAX_OPERATIONS_PER_CALLER,
    }),
    refusesSimpleGets: config.NODE_ENV === 'production',
    attachmentMaxBytes,
    proxies,
    reportRefusal,
    logRefusal: telemetry.logRefusal,
    resolveDocument,
    documents,
    executeOperation,
    executeWithYoga: createExecuteWithYoga(schema, documents, executeOperation),
    logError,
    inFlight,
    observe: telemetry.observe,
  });
  // The schema page is off if only trusted documents are allowed: they do not include introspection.
  const hasSchema = config.INTROSPECTION && !trusted;
  const links = createLinks({
    hasGraphiQL: config.GRAPHIQL,
    hasSandbox: sandbox !== null,
    hasSchema,
    exampleToken,
  });
  const pages = new Map<string, Page>([['/', createFrontPage(links)]]);
  if (hasSchema)
    pages.set('/schema.graphql', createSchemaPage(clientSdl, requireCaller, telemetry.logRefusal));
  if (graphiqlAssets) pages.set(`${assetsPath}*`, graphiqlAssets.send);
  if (sandbox) {
    const page = sandbox.createPages({ graphiqlPath: config.GRAPHIQL ? '/graphql' : null });
    pages.set('/sandbox', page).set('/sandbox/*', page);
  }
  const endStreams = () => sandbox?.endEvents();
  const listening: Listening[] = [];
  let isReady = true;
  let stopped: Promise<void> | null = null;
  const isReachable = config.READY_REQUIRES_REDIS ? store.isReachable : () => true;
  const listener = createRequestListener({
    graphql,
    pages,
    isReady: () => isReady && isReachable(),
    proxies,
    logError,
  });

  async function stop(): Promise<void> {
    isReady = false;
    endStreams();
    await Promise.all(listening.map((server) => server.stop()));
    // A reply of a client that disconnected may still be in flight, and its outcome must be stored.
    await inFlight.whenIdle();
    recovery.stop();
    await dashly.close();
    await store.close();
    await sandbox?.close();
    await telemetry.stop();
  }

  const metricsPort = await telemetry.start().catch(async (error: unknown) => {
    await stop();
    throw error;
  });

  const factsAt = (origin: string): Record<string, string> => ({
    upstream: sandbox
      ? `the embedded sandbox at ${sandbox.url} (set DASHLY_API_URL to leave it)`
      : `${apiUrl}${apiUrl.pathname === '/' ? ' (its version of the day: add one, such as /v2, to pin it)' : ''}${proxy ? ` through the proxy ${proxy.host}` : ''}`,
    callers: callers.summary,
    ...(metricsPort !== null && { metrics: `${origin.replace(/\d*$/, String(metricsPort))}/metrics` }),
  });

  return {
    welcome(origin) {
      const facts = Object.entries(factsAt(origin)).map(([name, fact]) => `  ${name}: ${fact}`);
      return [tagline, '', listLinks(links, origin), '', ...facts, ''].join('\n');
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
      const connections = listening.reduce((sum, server) => sum + server.connections(), 0);
      return { requests: inFlight.count, replies: inUse, queue: waiting, connections };
    },
    abort() {
      recovery.stop();
      dashly.abort();
    },
    endStreams,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** A read is not worth the wait that a reply is: an operation with both must end before a router gives up. */
const maxReadMs = 5_000;

/** Imports the sandbox only if it replaces Dashly. */
async function embedSandbox(): Promise<Sandbox> {
  const { startSandbox } = await import('./sandbox/start-sandbox.ts');
  return startSandbox();
}

function adviseOnToken(caller: AuthenticatedCaller | null): string {
  return caller ? '' : 'Set the header "Authorization: Token …" (or "Bearer …").';
}

/** One conversation of the sandbox rejects every token, even the correct one. */
function adviseOnSandboxToken(caller: AuthenticatedCaller | null): string {
  const isRight = caller?.credential.token === sandboxToken;
  const advice = isRight ? '' : `The sandbox accepts "Token ${sandboxToken}".`;
  return [adviseOnToken(caller), advice].filter(Boolean).join(' ');
}

function withPrefix(query: string, prefix: string): string {
  return prefix === '' ? query : print(prefixTypesInDocument(parse(query), clientSchema, prefix));
}

function jwtOptionsOf(config: Config): JwtOptions | null {
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = config;
  const key = config.JWT_JWKS_URL ?? config.JWT_PUBLIC_KEY ?? config.JWT_SECRET;
  if (!key || !issuer || !audience) return null;
  return { key, issuer, audience, proxy: key instanceof URL ? chooseProxy(config, key) : null };
}
