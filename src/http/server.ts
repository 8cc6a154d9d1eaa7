/** The HTTP server: its connections, their limits in number and time, and how they end. */

import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';

export interface ServerOptions {
  readonly port: number;
  readonly host: string;
  /** Further connections are closed at once. */
  readonly maxConnections: number;
  /** How long an idle connection stays open after a response, in milliseconds. */
  readonly keepAliveTimeoutMs: number;
}

export interface Listening {
  readonly port: number;
  /**
   * Accepts no new connections and closes idle ones. Answers every request that was read, and resolves when all responses are
   * flushed. May be called again.
   */
  stop(): Promise<void>;
}

/** The whole request: time for a large file over a slow line. */
const requestTimeoutMs = 300_000;
const headersTimeoutMs = 30_000;
/** How often Node looks for requests that exceed these two. */
const checkIntervalMs = 5_000;

/** A response of which nothing drains for 15 seconds ends its connection: three checks in a row. */
const drainCheckMs = 5_000;
const drainChecks = 3;

/** Requests that may wait for the response to an earlier one on their connection: on one, and on all together. */
const maxPipelined = { onOne: 8, onAll: 256 };

/** How often a half-closed connection is checked for a client that is gone. */
const probeIntervalMs = 250;

/** A request that has not arrived whole when the server stops may take its time as long as this many bytes a second arrive. */
const minBytesPerSecond = 4 * 1024;

/** @throws (rejects with) Node's own error, such as `EADDRINUSE`, if it cannot listen. */
export async function listen(listener: RequestListener, options: ServerOptions): Promise<Listening> {
  const server = createServer({
    requestTimeout: requestTimeoutMs,
    headersTimeout: headersTimeoutMs,
    connectionsCheckingInterval: checkIntervalMs,
    keepAliveTimeout: options.keepAliveTimeoutMs,
  });
  server.maxConnections = options.maxConnections;
  allowHalfOpen(server);
  const connections = new Map<Socket, Connection>();
  const pipelined: Pipelined = { count: 0 };
  let stopped: Promise<void> | null = null;

  server.on('connection', (socket) => {
    connections.set(socket, new Connection(socket, listener, pipelined, options.keepAliveTimeoutMs));
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (request, response) => connections.get(request.socket)?.add(request, response));
  // The body is requested by the handler that reads it: a refusal does not want it.
  server.on('checkContinue', (request, response) => server.emit('request', request, response));
  server.setTimeout(drainCheckMs, (socket) => connections.get(socket)?.onSilence());
  server.listen(options.port, options.host);
  await once(server, 'listening');

  async function stop(): Promise<void> {
    const closed = once(server, 'close');
    // http.Server.close() would also destroy connections whose response has ended but is not flushed.
    NetServer.prototype.close.call(server);
    for (const connection of connections.values()) connection.stop();
    await closed;
    // Ends the timer for `headersTimeout` and `requestTimeout`.
    server.close();
  }

  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** A client may close its sending half after its request (`nc -N`) and still read the response. Node's types lack the switch. */
function allowHalfOpen(server: Server & { httpAllowHalfOpen?: boolean }): void {
  server.httpAllowHalfOpen = true;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The requests of all connections that wait for an earlier one. */
interface Pipelined {
  count: number;
}

/** Answers the requests of one connection one after the other. */
class Connection {
  readonly #socket: Socket;
  readonly #listener: RequestListener;
  readonly #pipelined: Pipelined;
  readonly #keepAliveTimeoutMs: number;
  /** The request that is being answered; null if none is. */
  #current: Exchange | null = null;
  #waiting: Exchange[] = [];
  /** Node does not apply `keepAliveTimeout` before the first request, but `headersTimeout`. */
  #isUnused = true;
  /** When the last response was flushed, by `performance.now()`. */
  #idleSince = 0;
  /** How many times in a row nothing had drained, and when that was found last. */
  #silences = 0;
  #silentAt = 0;
  /** Set when the server stops. */
  #isClosing = false;

  constructor(socket: Socket, listener: RequestListener, pipelined: Pipelined, keepAliveTimeoutMs: number) {
    this.#socket = socket;
    this.#listener = listener;
    this.#pipelined = pipelined;
    this.#keepAliveTimeoutMs = keepAliveTimeoutMs;
    socket.once('end', () => this.#probe());
    socket.once('close', () => {
      pipelined.count -= this.#waiting.length;
      this.#waiting = [];
    });
  }

  add(request: IncomingMessage, response: ServerResponse): void {
    this.#isUnused = false;
    if (!this.#current) this.#start({ request, response });
    else if (this.#waiting.length < maxPipelined.onOne && this.#pipelined.count < maxPipelined.onAll) {
      this.#waiting.push({ request, response });
      this.#pipelined.count++;
    }
    // Node would keep each further request, whether or not it is answered.
    else this.#socket.destroy();
  }

  /** Nothing was received or drained for `drainCheckMs`, or the connection was idle for the keep-alive timeout. */
  onSilence(): void {
    const isAnswering = this.#current !== null || this.#isUnused;
    if (isAnswering) {
      if (this.#isStuck()) this.#socket.destroy();
      else this.#socket.setTimeout(drainCheckMs);
    }
    // A timer of Node's can still fire in the turn in which the response was sent and its time limit was replaced.
    else if (performance.now() - this.#idleSince >= this.#keepAliveTimeoutMs) this.#socket.destroy();
  }

  #isStuck(): boolean {
    if (this.#socket.writableLength === 0) return false;
    const now = performance.now();
    // Node skips a check after which something has drained.
    const isInARow = now - this.#silentAt < 1.5 * drainCheckMs;
    this.#silentAt = now;
    this.#silences = isInARow ? this.#silences + 1 : 1;
    return this.#silences >= drainChecks;
  }

  stop(): void {
    this.#isClosing = true;
    const exchange = this.#current;
    if (!exchange) {
      this.#socket.destroySoon();
      return;
    }
    this.#announceClose(exchange);
    if (!exchange.request.complete) this.#expectProgress(exchange.request);
  }

  #start(exchange: Exchange): void {
    this.#current = exchange;
    exchange.response.once('close', () => this.#next());
    this.#announceClose(exchange);
    this.#listener(exchange.request, exchange.response);
  }

  /** Runs when the response is flushed, or the connection is lost. */
  #next(): void {
    this.#current = null;
    this.#idleSince = performance.now();
    if (this.#socket.destroyed) return;
    const next = this.#waiting.shift();
    if (next) {
      this.#pipelined.count--;
      this.#start(next);
    } else if (this.#isClosing) this.#socket.destroySoon();
  }

  /** The last response says that the connection closes after it. */
  #announceClose({ response }: Exchange): void {
    const isLast = this.#isClosing && this.#waiting.length === 0;
    if (isLast && !response.headersSent) response.setHeader('connection', 'close');
  }

  /**
   * The client has closed its sending half. If it has closed the connection altogether, a write shows that: the first one is
   * answered with a reset, which the next one notices.
   */
  #probe(): void {
    const probe = (): void => {
      const { request, response } = this.#current ?? {};
      if (response && !response.headersSent && request?.httpVersion === '1.1') response.writeProcessing();
    };
    probe();
    const timer = setInterval(probe, probeIntervalMs);
    this.#socket.once('close', () => clearInterval(timer));
  }

  /** A server that stops does not wait for a client that has stopped sending its request. */
  #expectProgress(request: IncomingMessage): void {
    let { bytesRead } = this.#socket;
    const timer = setInterval(() => {
      const received = this.#socket.bytesRead - bytesRead;
      bytesRead = this.#socket.bytesRead;
      if (request.complete) clearInterval(timer);
      else if (received < minBytesPerSecond) this.#socket.destroy();
    }, 1_000);
    this.#socket.once('close', () => clearInterval(timer));
  }
}
