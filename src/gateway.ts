/** The wiring: puts the rooms together into one gateway. */

import { readFileSync } from 'node:fs';
import type { Config } from './config.ts';
import { createReplyToConversation } from './conversation/reply-to-conversation.ts';
import { createDashlyClient } from './dashly/dashly-client.ts';
import { schema } from './graphql/schema.ts';
import { dashlyAuthorization } from './http/authorization.ts';
import { type CreateContext, createYoga } from './http/create-yoga.ts';
import { createGraphiQLPage } from './http/graphiql-page.ts';
import { createGraphQLEndpoint } from './http/graphql-endpoint.ts';
import { type Listening, listen } from './http/listen.ts';
import type { LogError } from './http/mask-errors.ts';
import { PreparedOperations } from './http/prepared-operations.ts';
import { createRequestListener } from './http/request-listener.ts';
import { describeConversations } from './sandbox/describe-conversations.ts';
import { sandboxToken } from './sandbox/sandbox-token.ts';
import { type Sandbox, startSandbox } from './sandbox/start-sandbox.ts';

export interface Gateway {
  /** What somebody who starts it wants to know, as lines for a terminal. */
  readonly summary: readonly string[];
  /** The sandbox that stands in for Dashly, if one does. */
  readonly sandbox: Sandbox | null;
  /** Serves the gateway on a port of its own, and resolves to that port. Rejects with Node's own error. */
  listen(port: number, host: string): Promise<number>;
  /** From now on `/ready` says no, so that a load balancer looks elsewhere. */
  drain(): void;
  /** Takes no new connections, and resolves when all requests and replies in flight are done; may be called again. */
  stop(): Promise<void>;
}

const graphiqlQuery = readFileSync(
  new URL('../schema/operations/first-reply.graphql', import.meta.url),
  'utf8',
);

/** Starts the sandbox where the configuration names no upstream; listens for nothing else yet. */
export async function createGateway(config: Config, logError: LogError): Promise<Gateway> {
  const upstream = config.DASHLY_API_URL ?? (await startSandbox());
  const sandbox = upstream instanceof URL ? null : upstream;
  const apiUrl = upstream instanceof URL ? upstream : new URL(upstream.url);
  const attachmentMaxBytes = config.UPLOAD_MAX_BYTES;
  const dashly = createDashlyClient({ apiUrl, timeoutMs: config.DASHLY_TIMEOUT_MS, attachmentMaxBytes });
  const replyToConversation = createReplyToConversation(dashly.sendReply);
  const createContext: CreateContext = (request, wholeRequest) => ({
    authorization: dashlyAuthorization(request.headers.authorization),
    replyToConversation,
    wholeRequest,
    limits: { attachmentMaxBytes },
  });

  const operations = new PreparedOperations(schema);
  const yoga = createYoga({ schema, createContext, operations, logError });
  const token = sandbox ? sandboxToken : '';
  const sendPage = createGraphiQLPage({ query: graphiqlQuery, headers: { Authorization: `Token ${token}` } });
  const graphql = createGraphQLEndpoint({
    schema,
    yoga,
    sendPage,
    operations,
    createContext,
    logError,
    attachmentMaxBytes,
  });
  const listening: Listening[] = [];
  let isReady = true;
  let stopped: Promise<void> | null = null;
  const listener = createRequestListener({ graphql, isReady: () => isReady, logError });

  async function stop(): Promise<void> {
    isReady = false;
    await Promise.all(listening.map((server) => server.stop()));
    // A reply whose caller went away may still be on its way.
    await dashly.close();
    await sandbox?.close();
  }

  return {
    summary: [
      sandbox
        ? `Upstream: the embedded sandbox at ${sandbox.url} (set DASHLY_API_URL to leave it)`
        : `Upstream: ${apiUrl}${apiUrl.pathname === '/' ? ' (its version of the day: add one, such as /v2, to pin it)' : ''}`,
      'Callers: each brings its own Dashly token, in the header "Authorization: Token …"',
      ...(sandbox
        ? [`The sandbox takes "Token ${sandboxToken}". Its conversations:`, '', describeConversations()]
        : []),
    ],
    sandbox,
    async listen(port, host) {
      const server = await listen(listener, port, host);
      listening.push(server);
      return server.port;
    },
    drain() {
      isReady = false;
    },
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}
