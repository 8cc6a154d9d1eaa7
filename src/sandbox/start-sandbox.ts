/** A small Dashly of our own: a real HTTP server that answers as the documentation says, and as it warns. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isAuthorized, readAuthorization } from './api/authorization.ts';
import { takeReply } from './api/handle-reply.ts';
import { giveAnswer } from './api/send-response.ts';
import { serveAttachment, serveAvatar } from './api/serve-file.ts';
import { createPageListener, isPagePath } from './pages/pages-handler.ts';
import type { ReceivedReply } from './received-reply.ts';
import { refuse } from './refuse.ts';
import { createSandboxState, type SandboxState } from './sandbox-state.ts';

/** A sandbox that is listening. */
export interface Sandbox {
  /** What stands in for `https://api.dashly.app`, without a slash at the end. */
  url: string;
  port: number;
  /**
   * The calls of the reply endpoint that arrived whole, oldest first; this array grows as they arrive.
   * The last 1,000 are kept, fewer if their bodies together exceed 128 MiB.
   */
  received: readonly ReceivedReply[];
  /**
   * Answers `/sandbox` and everything below it, on another server as well as on the sandbox's own;
   * `graphiqlPath` is where that server has GraphiQL, null where it has none.
   */
  createPages(place: { graphiqlPath: string | null }): RequestListener;
  /** Ends the streams of events of all pages, which last for as long as somebody looks; no new one begins. */
  endEvents(): void;
  /** Stops listening and ends every open connection, those that hang on purpose too. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts a sandbox, on a free port unless `port` names one, for this machine alone unless `host` says
 * otherwise. After `idleMs` in which no byte moves, a connection ends: one that hangs on purpose, or whose answer
 * nobody reads.
 * Rejects with Node's own error (`EADDRINUSE`, for one) where it cannot listen.
 */
export async function startSandbox({
  host = '127.0.0.1',
  port = 0,
  idleMs = 10 * 60 * 1_000,
}: {
  host?: string;
  port?: number;
  idleMs?: number;
} = {}): Promise<Sandbox> {
  const server = createServer().setTimeout(idleMs);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });

  const address = server.address() as AddressInfo;
  const url = `http://${nameHost(address)}:${address.port}`;
  const state = createSandboxState(url);
  const pages = createPageListener(state, { graphiqlPath: null });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (isPagePath(request.url ?? '')) return pages(request, response);
    answerCall(state, request, response).catch(() => {
      // A caller that broke off hears nothing more; for anybody else this is a bug of ours.
      if (response.headersSent || request.errored) response.destroy();
      else giveAnswer(response, refuse('Error500'));
    });
  });

  let closed: Promise<void> | undefined;
  return {
    url,
    port: address.port,
    received: state.received.items,
    createPages: (place) => createPageListener(state, place),
    endEvents: () => state.events.end(),
    close: () => {
      closed ??= new Promise((resolve) => {
        state.events.end();
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

async function answerCall(
  state: SandboxState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '', ...query] = (request.url ?? '').split('?');

  const isDownload = request.method === 'GET' || request.method === 'HEAD';
  const attachmentId = /^\/attachments\/(\d+)\/[^/]+$/.exec(path)?.[1];
  if (isDownload && attachmentId !== undefined) return serveAttachment(state, attachmentId, response);
  if (isDownload && path === '/avatars/default.svg') return serveAvatar(response);

  const conversationId = /^(?:\/v2)?\/conversations\/([^/]+)\/reply$/.exec(path)?.[1];
  const authorization = readAuthorization(request.headers.authorization);
  if (conversationId !== undefined && request.method === 'POST') {
    return takeReply(state, { conversationId, query: query.join('?'), authorization }, request, response);
  }

  request.resume();
  // Who opens the sandbox in a browser, or takes its port for the gateway's.
  if (isDownload && path === '/') return void response.writeHead(302, { location: './sandbox' }).end();
  if (path === '/graphql') {
    const message = "This is the sandbox of Dashly's REST API; GraphQL is on the port of the gateway.";
    return giveAnswer(response, refuse('Error404', { message }));
  }
  if (!isAuthorized(authorization)) return giveAnswer(response, refuse('NotAuthenticated'));
  if (conversationId === undefined) return giveAnswer(response, refuse('Error404'));
  giveAnswer(response, refuse('MethodNotAllowed', { headers: { allow: 'POST' } }));
}

/** The host as it stands in a URL; an address that means "every interface" is reached through loopback. */
function nameHost({ address, family }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return '127.0.0.1';
  return family === 'IPv6' ? `[${address}]` : address;
}
