/** Starts the sandbox: an HTTP server that responds as Dashly documents, also with its errors. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApiHandler } from './api/api-handler.ts';
import { composeEarlierParts } from './earlier-parts.ts';
import { createPagesHandler, isPagePath } from './pages/pages-handler.ts';
import { createSandboxState, type ReceivedReply } from './sandbox-state.ts';

/** A running sandbox. */
export interface Sandbox {
  /** Replaces `https://api.dashly.app`; without a trailing slash. */
  url: string;
  port: number;
  /**
   * The calls of the reply endpoint that arrived completely, oldest first; the array grows as they arrive.
   * It keeps the last 1,000, fewer if their bodies exceed 128 MiB together.
   */
  received: readonly ReceivedReply[];
  /**
   * Creates a handler of `/sandbox` and everything below it, for another server. `graphiqlPath` is the path of
   * GraphiQL on that server, null if there is none.
   */
  createPages(options: { graphiqlPath: string | null }): RequestListener;
  /** Ends the event streams of all open pages, and accepts no new ones. */
  endEvents(): void;
  /** Stops listening and closes every connection, also those that hang on purpose. May be called again. */
  close(): Promise<void>;
}

/**
 * Listens on loopback and a free port by default. A connection on which no byte moves for `idleMs` is closed: one
 * that hangs on purpose, or whose response the client does not read.
 * Rejects with Node's error, such as `EADDRINUSE`, if it cannot listen.
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
  const url = `http://${hostOf(address)}:${address.port}`;
  const state = createSandboxState(url);
  state.earlierParts = composeEarlierParts(state);
  const handleApi = createApiHandler(state);
  const handlePage = createPagesHandler(state, { graphiqlPath: null });
  server.on('request', (request, response) => {
    const handle = isPagePath(request.url ?? '') ? handlePage : handleApi;
    handle(request, response);
  });

  let closed: Promise<void> | undefined;
  return {
    url,
    port: address.port,
    received: state.received.items,
    createPages: (options) => createPagesHandler(state, options),
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

/** The host of a URL that reaches this address; loopback if it is every interface. */
function hostOf({ address, family }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return '127.0.0.1';
  return family === 'IPv6' ? `[${address}]` : address;
}
